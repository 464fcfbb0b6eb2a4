#!/bin/bash
# Generates Sources/Contracts, Sources/ContractRegistry, gateway/Sources/GatewayRoutes, Tests/ContractTests/Generated and
# the documents about the contracts from protos, and captures the requests of the golden tests.
#
#   codegen/generate.sh          writes them, and removes files that no contract yields any more
#   codegen/generate.sh --check  writes nothing; shows the difference and fails if there is one
set -euo pipefail
cd "$(dirname "$0")/.."

check=false
[ "${1:-}" = "--check" ] && check=true

plugin=.build/debug/protoc-gen-alphintra
if ! $check || [ ! -x "$plugin" ]; then
  swift build --product protoc-gen-alphintra --quiet
fi

# Options and value types are for the generator itself and for the runtime: they yield no code. v1alpha of reflection is
# v1 under an older name, served with the messages of v1.
mapfile -t contracts < <(
  cd protos && find . -name '*.proto' -printf '%P\n' |
    grep -v -e '^alphintra/options/' -e '^alphintra/type/' -e '^google/api/' \
      -e '^grpc/reflection/v1alpha/' | LC_ALL=C sort)

# `alphintra call` and the documents are about the platform: what only tests and benchmarks exchange is no part of them.
mapfile -t offered < <(printf '%s\n' "${contracts[@]}" | grep '^alphintra/' | grep -v '^alphintra/testing/')

# What the edge answers itself is for its clients: nobody calls it in the mesh.
mapfile -t platform < <(printf '%s\n' "${offered[@]}" | grep -v '^alphintra/gateway/')

# What every server of the mesh offers beside its own, and what is stated about contracts that others wrote.
standard=(grpc/health/v1/health.proto grpc/reflection/v1/reflection.proto grpc/reflection/v1alpha/reflection.proto)
rules=alphintra/options/vendored.proto

# Folders of which every file is generated.
folders=(
  contracts:Sources/Contracts registry:Sources/ContractRegistry routes:gateway/Sources/GatewayRoutes
  testing-registry:Tests/TestingContractRegistry tests:Tests/ContractTests/Generated
  ConformanceMessages:Tests/Conformance/ConformanceMessages
)

# Each document by the output that is asked for, and where it is kept.
documents=(
  openapi:gateway/openapi.json
  access:docs/access.md
  topics:deploy/topics.json
  policies:deploy/kubernetes/istio/authorization-policies.yaml
)

# Packages whose Swift names the rule would get wrong.
options=package=alphintra.marketdata.v1=MarketDataContract/MarketDataV1
options+=,package=google.rpc=GoogleRPC/Google_RPC
options+=,package=grpc.health.v1=GRPCContract/HealthV1,package=grpc.reflection.v1=GRPCContract/ReflectionV1
options+=,package=grpc.testing=InteropContract/GRPCTesting
options+=,package=opentelemetry.proto.common.v1=OTLPContract/OTLPCommonV1
options+=,package=opentelemetry.proto.resource.v1=OTLPContract/OTLPResourceV1
options+=,package=opentelemetry.proto.trace.v1=OTLPContract/OTLPTraceV1
options+=,package=opentelemetry.proto.collector.trace.v1=OTLPContract/OTLPCollectorV1

output=$(mktemp -d)
trap 'rm -rf "$output"' EXIT
# generate KIND FOLDER CONTRACT...: writes the files of one output below $output/FOLDER.
generate() {
  mkdir -p "$output/$2"
  protoc -Iprotos --plugin=protoc-gen-alphintra="$plugin" \
    --alphintra_opt="outputs=$1,$options" --alphintra_out="$output/$2" "$rules" "${@:3}"
}
generate contracts contracts "${contracts[@]}"
generate routes routes "${contracts[@]}"
generate registry registry "${platform[@]}"
generate registry testing-registry alphintra/testing/v1/testing_service.proto
generate descriptors registry "${platform[@]}" "${standard[@]}"
generate descriptors testing-registry alphintra/testing/v1/testing_service.proto "${standard[@]}"
# Those of others, and what benchmarks exchange, have tests of their own.
mapfile -t tested < <(printf '%s\n' "${contracts[@]}" | grep '^alphintra/')
generate tests tests "${tested[@]}"
for document in "${documents[@]}"; do
  generate "${document%%:*}" "${document%%:*}" "${offered[@]}" "${standard[@]}"
done
# The messages of protobuf's conformance suite are of a module of the tests.
protoc -ITests/Conformance/protos --plugin=protoc-gen-alphintra="$plugin" \
  --alphintra_opt="outputs=contracts,package=conformance=ConformanceMessages/Conformance" \
  --alphintra_opt="package=protobuf_test_messages.proto3=ConformanceMessages/TestMessages" \
  --alphintra_out="$output" conformance.proto google/protobuf/test_messages_proto3.proto
codegen/capture-goldens.sh "$output/goldens"

# Writes what differs, so that what is unchanged keeps its time and is not built anew.
copy_changes() {
  (cd "$1" && find . -type f) | while read -r file; do
    if ! cmp -s "$1/$file" "$2/$file"; then
      mkdir -p "$(dirname "$2/$file")"
      cp "$1/$file" "$2/$file"
    fi
  done
}

# Removes what was not generated from a folder of which every file is generated.
remove_others() {
  (cd "$2" && find . -type f) | while read -r file; do
    [ -e "$1/$file" ] || rm "$2/$file"
  done
  find "$2" -mindepth 1 -type d -empty -delete
}

# Shows what is generated but not there, there but not generated, or different.
differs() {
  ! diff --recursive --unified --new-file "$2" "$1"
}

if $check; then
  stale=()
  for target in "${folders[@]}"; do
    ! differs "$output/${target%%:*}" "${target#*:}" || stale+=("${target#*:}")
  done
  for document in "${documents[@]}"; do
    file=${document#*:}
    ! differs "$output/${document%%:*}/${file##*/}" "$file" || stale+=("$file")
  done
  for golden in "$output"/goldens/*; do
    committed=Tests/CodegenTests/Golden/$(basename "$golden")/input.binpb
    cmp -s "$golden/input.binpb" "$committed" || stale+=("$committed")
  done
  if [ ${#stale[@]} -gt 0 ]; then
    echo "generate: not what the contracts yield; run: make generate" >&2
    printf '  %s\n' "${stale[@]}" >&2
    exit 1
  fi
else
  for target in "${folders[@]}"; do
    copy_changes "$output/${target%%:*}" "${target#*:}"
    remove_others "$output/${target%%:*}" "${target#*:}"
  done
  for document in "${documents[@]}"; do
    copy_changes "$output/${document%%:*}" "$(dirname "${document#*:}")"
  done
  copy_changes "$output/goldens" Tests/CodegenTests/Golden
fi
