#!/usr/bin/env bash
# Builds what reads the bytes of peers with AddressSanitizer and libFuzzer's counters, apart from the package's own build, and
# what feeds it: .build/fuzzing/Mutations, TransportSeeds, FuzzBinary, FuzzJSON, FuzzFraming, FuzzMetadata and FuzzHTTP2.
set -euo pipefail
cd "$(dirname "$0")/../.."

out=$PWD/.build/fuzzing
mkdir -p "$out"

# Nothing is built anew unless a source, this script or the compiler changed.
sources=(
  Sources/Core Sources/Runtime/{Patterns,Protobuf,Observability,RPC,RPCTransport} Sources/Bindings/{Gzip,HTTP2} Sources/C/{CNGHTTP2,CZlib}
  Sources/Contracts/{Testing,GoogleRPC} Tests/Fuzzing Tests/ProtobufTests Tests/Support/SeededGenerator.swift Package.swift)
stamp=$({ swiftc --version 2>&1; find "${sources[@]}" -type f -exec sha256sum {} + | LC_ALL=C sort; } | sha256sum)
[ "$(cat "$out/stamp" 2>/dev/null)" != "$stamp" ] || exit 0

# Sources of packages, at the versions that Package.swift names.
checkouts=.build/checkouts
[ -d "$checkouts/swift-log" ] || swift package resolve

flags=(
  -O -g -wmo -num-threads 2 -swift-version 6 -package-name alphintra -enable-upcoming-feature ExistentialAny
  -enable-upcoming-feature InternalImportsByDefault -enable-upcoming-feature MemberImportVisibility
  -enable-upcoming-feature NonisolatedNonsendingByDefault -warnings-as-errors
  -parse-as-library -I "$out" -L "$out" -I "$PWD/Sources/C/CNGHTTP2" -I "$PWD/Sources/C/CZlib")

# package NAME FOLDER: a module of somebody else's, without counters: it is not what is looked at.
package() {
  mkdir -p "$out/$1.objects"
  local files
  mapfile -t files < <(find "$PWD/$checkouts/$2" -name '*.swift')
  (cd "$out/$1.objects" && swiftc -O -wmo -num-threads 2 -swift-version 5 -parse-as-library -suppress-warnings -package-name "$1" -sanitize=address \
    -emit-library -static -emit-module -module-name "$1" -emit-module-path "$out/$1.swiftmodule" -o "$out/lib$1.a" "${files[@]}")
}

# module NAME FILE...: the compiler leaves objects in the folder it runs in.
module() {
  mkdir -p "$out/$1.objects"
  local files
  mapfile -t files < <(realpath "${@:2}")
  (cd "$out/$1.objects" && swiftc "${flags[@]}" -sanitize=fuzzer,address -emit-library -static -emit-module \
    -module-name "$1" -emit-module-path "$out/$1.swiftmodule" -o "$out/lib$1.a" "${files[@]}")
}

# program NAME LINKING FILE...
program() {
  mkdir -p "$out/$1.objects"
  local files
  mapfile -t files < <(realpath "${@:3}")
  # shellcheck disable=SC2086
  (cd "$out/$1.objects" && swiftc "${flags[@]}" $2 -use-ld=lld -module-name "$1" -o "$out/$1" "${files[@]}" \
    "${libraries[@]}")
}

# The codec, the contract's messages (not its services, which need the RPC runtime), the checks.
mapfile -t core < <(find Sources/Core -name '*.swift')
mapfile -t patterns < <(find Sources/Runtime/Patterns -name '*.swift')
mapfile -t protobuf < <(find Sources/Runtime/Protobuf -name '*.swift')
module Core "${core[@]}"
module Patterns "${patterns[@]}"
module Protobuf "${protobuf[@]}"
package Logging swift-log/Sources/Logging
module DequeModule Tests/Fuzzing/DequeModule/*.swift
mapfile -t observability < <(find Sources/Runtime/Observability -name '*.swift')
mapfile -t rpc < <(find Sources/Runtime/RPC -name '*.swift')
module Observability "${observability[@]}"
module GoogleRPC Sources/Contracts/GoogleRPC/*.swift
module RPC "${rpc[@]}"
module Gzip Sources/Bindings/Gzip/*.swift
module HTTP2 Sources/Bindings/HTTP2/*.swift
module TestingContract Sources/Contracts/Testing/{TestingV1,codec.pb,kitchen_sink.pb,rules.pb,testing_service.pb,testing_service.rpc}.swift
module Checks Tests/Fuzzing/Checks/*.swift
# Of the transport what knows no socket, and stand-ins for the rest.
module TransportChecks Tests/Fuzzing/TransportChecks/*.swift \
  Sources/Runtime/RPCTransport/{MessageFraming,MemoryLimits,ReceivedHeaders,RequestBody,RequestHead,RequestInflation,ResponseBody}.swift \
  Sources/Runtime/RPCTransport/{ServerStream,WireCompression,WireStatus}.swift
module TestSupport Tests/Support/SeededGenerator.swift

codec=(-lTestSupport -lChecks -lTestingContract)
transport=(-lTransportChecks -lTestingContract -lHTTP2 -lGzip)
runtime=(-lRPC -lObservability -lLogging -lGoogleRPC -lProtobuf -lPatterns -lCore -lDequeModule
  -lswiftSynchronization -lswiftGlibc -lswiftDispatch -ldispatch -lBlocksRuntime -lnghttp2 -lz)
libraries=("${codec[@]}" "${runtime[@]}")
program FuzzBinary -sanitize=fuzzer,address Tests/Fuzzing/FuzzBinary/*.swift
program FuzzJSON -sanitize=fuzzer,address Tests/Fuzzing/FuzzJSON/*.swift
# The counters without the main function that goes with them.
counters=$(echo "$(dirname "$(dirname "$(realpath "$(command -v swiftc)")")")"/lib/clang/*/lib/linux/libclang_rt.fuzzer_no_main-x86_64.a)
program Mutations "-sanitize=address $counters -lstdc++" Tests/Fuzzing/Mutations/*.swift \
  Tests/ProtobufTests/Random{Messages,KitchenSinks}.swift Tests/ProtobufTests/MessageGenerator+Mutation.swift
libraries=("${transport[@]}" "${runtime[@]}")
for target in FuzzFraming FuzzMetadata FuzzHTTP2; do
  program $target -sanitize=fuzzer,address Tests/Fuzzing/$target/*.swift
done
program TransportSeeds "-sanitize=address $counters -lstdc++" Tests/Fuzzing/TransportSeeds/*.swift
printf '%s' "$stamp" >"$out/stamp"
