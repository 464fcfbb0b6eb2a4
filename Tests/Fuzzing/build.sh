#!/usr/bin/env bash
# Builds the codec with AddressSanitizer and what feeds it, apart from the package's own build.
#   build.sh mutations   .build/fuzzing/Mutations: mutated messages by number
#   build.sh fuzzers     also .build/fuzzing/FuzzBinary and FuzzJSON, with libFuzzer
set -euo pipefail
cd "$(dirname "$0")/../.."

out=$PWD/.build/fuzzing
mkdir -p "$out"

# Nothing is built anew unless a source, this script or the compiler changed.
sources=(
  Sources/Core Sources/Runtime/Patterns Sources/Runtime/Protobuf Sources/Contracts/Testing Tests/Fuzzing Tests/ProtobufTests
  Tests/Support/SeededGenerator.swift)
stamp=$({ swiftc --version 2>&1; find "${sources[@]}" -type f -exec sha256sum {} + | LC_ALL=C sort; } | sha256sum)
[ "$(cat "$out/stamp-$1" 2>/dev/null)" != "$stamp" ] || exit 0

# module NAME SANITIZERS FILE...
module() {
  swiftc "${flags[@]}" -sanitize="$2" -emit-library -static -emit-module -parse-as-library -module-name "$1" \
    -emit-module-path "$folder/$1.swiftmodule" -o "$folder/lib$1.a" "${@:3}"
}

# modules FOLDER SANITIZERS: the codec, the contract's messages (not its services, which need the RPC runtime), the checks.
modules() {
  folder=$1
  mkdir -p "$folder"
  flags=(
    -O -g -wmo -swift-version 6 -package-name alphintra -enable-upcoming-feature ExistentialAny
    -enable-upcoming-feature InternalImportsByDefault -enable-upcoming-feature MemberImportVisibility
    -warnings-as-errors -I "$folder" -L "$folder")
  mapfile -t core < <(find Sources/Core -name '*.swift')
  mapfile -t patterns < <(find Sources/Runtime/Patterns -name '*.swift')
  mapfile -t protobuf < <(find Sources/Runtime/Protobuf -name '*.swift')
  module Core "$2" "${core[@]}"
  module Patterns "$2" "${patterns[@]}"
  module Protobuf "$2" "${protobuf[@]}"
  module TestingContract "$2" Sources/Contracts/Testing/{TestingV1,codec.pb,kitchen_sink.pb,rules.pb,testing_service.pb}.swift
  module Checks "$2" Tests/Fuzzing/Checks/*.swift
  libraries=(-lChecks -lTestingContract -lProtobuf -lPatterns -lCore)
}

modules "$out/address" address
module TestSupport address Tests/Support/SeededGenerator.swift
swiftc "${flags[@]}" -sanitize=address -parse-as-library -module-name Mutations -o "$out/Mutations" \
  Tests/Fuzzing/Mutations/*.swift Tests/ProtobufTests/Random{Messages,KitchenSinks}.swift \
  Tests/ProtobufTests/MessageGenerator+Mutation.swift -lTestSupport "${libraries[@]}"

if [ "$1" = fuzzers ]; then
  modules "$out/fuzzer" fuzzer,address
  for target in FuzzBinary FuzzJSON; do
    swiftc "${flags[@]}" -sanitize=fuzzer,address -parse-as-library -module-name $target -o "$out/$target" \
      Tests/Fuzzing/$target/*.swift "${libraries[@]}"
  done
fi
printf '%s' "$stamp" >"$out/stamp-$1"
