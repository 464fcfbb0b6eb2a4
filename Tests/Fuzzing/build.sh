#!/usr/bin/env bash
# Builds the codec with AddressSanitizer and libFuzzer's counters, apart from the package's own build, and what feeds it:
# .build/fuzzing/Mutations, FuzzBinary and FuzzJSON.
set -euo pipefail
cd "$(dirname "$0")/../.."

out=$PWD/.build/fuzzing
mkdir -p "$out"

# Nothing is built anew unless a source, this script or the compiler changed.
sources=(
  Sources/Core Sources/Runtime/Patterns Sources/Runtime/Protobuf Sources/Contracts/Testing Tests/Fuzzing/{build.sh,Checks,FuzzBinary,FuzzJSON,Mutations}
  Tests/ProtobufTests Tests/Support/SeededGenerator.swift)
stamp=$({ swiftc --version 2>&1; find "${sources[@]}" -type f -exec sha256sum {} + | LC_ALL=C sort; } | sha256sum)
[ "$(cat "$out/stamp" 2>/dev/null)" != "$stamp" ] || exit 0

flags=(
  -O -g -wmo -num-threads 2 -swift-version 6 -package-name alphintra -enable-upcoming-feature ExistentialAny
  -enable-upcoming-feature InternalImportsByDefault -enable-upcoming-feature MemberImportVisibility -warnings-as-errors
  -parse-as-library -I "$out" -L "$out")

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
    -lTestSupport -lChecks -lTestingContract -lProtobuf -lPatterns -lCore)
}

# The codec, the contract's messages (not its services, which need the RPC runtime), the checks.
mapfile -t core < <(find Sources/Core -name '*.swift')
mapfile -t patterns < <(find Sources/Runtime/Patterns -name '*.swift')
mapfile -t protobuf < <(find Sources/Runtime/Protobuf -name '*.swift')
module Core "${core[@]}"
module Patterns "${patterns[@]}"
module Protobuf "${protobuf[@]}"
module TestingContract Sources/Contracts/Testing/{TestingV1,codec.pb,kitchen_sink.pb,rules.pb,testing_service.pb}.swift
module Checks Tests/Fuzzing/Checks/*.swift
module TestSupport Tests/Support/SeededGenerator.swift

program FuzzBinary -sanitize=fuzzer,address Tests/Fuzzing/FuzzBinary/*.swift
program FuzzJSON -sanitize=fuzzer,address Tests/Fuzzing/FuzzJSON/*.swift
# The counters without the main function that goes with them.
counters=$(echo "$(dirname "$(dirname "$(realpath "$(command -v swiftc)")")")"/lib/clang/*/lib/linux/libclang_rt.fuzzer_no_main-x86_64.a)
program Mutations "-sanitize=address $counters -lstdc++" Tests/Fuzzing/Mutations/*.swift \
  Tests/ProtobufTests/Random{Messages,KitchenSinks}.swift Tests/ProtobufTests/MessageGenerator+Mutation.swift
printf '%s' "$stamp" >"$out/stamp"
