#!/bin/bash
# Generates Sources/Contracts, gateway/Sources/GatewayRoutes, Tests/ContractTests/Generated and the documents
# about the contracts from protos, and captures the requests of the golden tests.
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

# Options and value types are for the generator itself and for the runtime: they yield no code.
mapfile -t contracts < <(
  cd protos && find . -name '*.proto' -printf '%P\n' |
    grep -v -e '^alphintra/options/' -e '^alphintra/type/' -e '^google/api/' | LC_ALL=C sort)

# The documents are about the platform: what only tests and benchmarks exchange is no part of them.
mapfile -t platform < <(printf '%s\n' "${contracts[@]}" | grep '^alphintra/' | grep -v '^alphintra/testing/')

# Each document by the output that is asked for, and where it is kept.
documents=(
  openapi:gateway/openapi.json
  access:docs/access.md
  policies:deploy/kubernetes/authorization-policies.yaml
)

# Packages whose Swift names the rule would get wrong.
options=package=alphintra.marketdata.v1=MarketDataContract/MarketDataV1
options+=,package=google.rpc=GoogleRPC/Google_RPC

output=$(mktemp -d)
trap 'rm -rf "$output"' EXIT
# generate KIND CONTRACT...: writes the files of one output below $output/KIND.
generate() {
  mkdir "$output/$1"
  protoc -Iprotos --plugin=protoc-gen-alphintra="$plugin" \
    --alphintra_opt="outputs=$1,$options" --alphintra_out="$output/$1" "${@:2}"
}
generate contracts "${contracts[@]}"
generate routes "${contracts[@]}"
for document in "${documents[@]}"; do generate "${document%%:*}" "${platform[@]}"; done
# The messages of protobuf's conformance suite are of a module of the tests.
protoc -ITests/Conformance/protos --plugin=protoc-gen-alphintra="$plugin" \
  --alphintra_opt="outputs=contracts,package=conformance=ConformanceMessages/Conformance" \
  --alphintra_opt="package=protobuf_test_messages.proto3=ConformanceMessages/TestMessages" \
  --alphintra_out="$output" conformance.proto google/protobuf/test_messages_proto3.proto
# Those of others, and what benchmarks exchange, have tests of their own.
mapfile -t tested < <(printf '%s\n' "${contracts[@]}" | grep '^alphintra/')
generate tests "${tested[@]}"
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
  ! differs "$output/contracts" Sources/Contracts || stale+=(Sources/Contracts)
  ! differs "$output/routes" gateway/Sources/GatewayRoutes || stale+=(gateway/Sources/GatewayRoutes)
  for document in "${documents[@]}"; do
    file=${document#*:}
    ! differs "$output/${document%%:*}/${file##*/}" "$file" || stale+=("$file")
  done
  ! differs "$output/ConformanceMessages" Tests/Conformance/ConformanceMessages \
    || stale+=(Tests/Conformance/ConformanceMessages)
  ! differs "$output/tests" Tests/ContractTests/Generated || stale+=(Tests/ContractTests/Generated)
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
  for target in contracts:Sources/Contracts routes:gateway/Sources/GatewayRoutes \
    ConformanceMessages:Tests/Conformance/ConformanceMessages \
    tests:Tests/ContractTests/Generated; do
    copy_changes "$output/${target%%:*}" "${target#*:}"
    remove_others "$output/${target%%:*}" "${target#*:}"
  done
  for document in "${documents[@]}"; do
    copy_changes "$output/${document%%:*}" "$(dirname "${document#*:}")"
  done
  copy_changes "$output/goldens" Tests/CodegenTests/Golden
fi
