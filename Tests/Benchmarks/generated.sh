#!/usr/bin/env bash
# What our generator writes for the services' contracts beside protoc-gen-swift and protoc-gen-grpc-swift-2: lines, the
# size of the object code, and what the compiler takes. The same protos, the same flags. Run by `make bench`.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/../.."
source Tests/Benchmarks/peers/build.sh
out=.build/bench
work=$out/generated
rm -rf "$work"
mkdir -p "$work/theirs" "$work/objects"

build_ours
build_swift

mapfile -t protos < <(cd protos && find alphintra/auth alphintra/marketdata alphintra/trading -name '*.proto' | LC_ALL=C sort)
# What they import and we have in the runtime: a value type.
protoc -Iprotos --plugin="$swift_plugins/protoc-gen-swift" --plugin="$swift_plugins/protoc-gen-grpc-swift-2" \
  --swift_opt=Visibility=Public,UseAccessLevelOnImports=true --swift_out="$work/theirs" \
  --grpc-swift-2_opt=Visibility=Public,UseAccessLevelOnImports=true --grpc-swift-2_out="$work/theirs" \
  "${protos[@]}" alphintra/type/decimal.proto

# compile OBJECT MODULE IMPORTS FILES...: prints the seconds of CPU time the compiler took, the best of three.
compile() {
  local object=$1 module=$2 imports=$3 best= seconds
  shift 3
  for _ in 1 2 3; do
    seconds=$(
      TIMEFORMAT='%U %S'
      { time swiftc -O -wmo -parse-as-library -swift-version 6 -enable-upcoming-feature ExistentialAny \
        -enable-upcoming-feature InternalImportsByDefault -enable-upcoming-feature MemberImportVisibility \
        -module-name "$module" -I "$imports" -I "$work/objects" -emit-module -emit-module-path "$work/objects/$module.swiftmodule" \
        -c -o "$object" "$@" >"$object.log" 2>&1 || { tail -5 "$object.log" >&2; exit 1; }; } 2>&1 | awk '{print $1 + $2}')
    best=$(awk -v a="$seconds" -v b="$best" 'BEGIN {print b == "" || a < b ? a : b}')
  done
  echo "$best"
}

object_size() { size "$@" | awk 'NR > 1 {sum += $1 + $2} END {print sum}'; }

modules=$(dirname "$ours")/Modules
our_seconds=0
our_files=()
for name in Auth MarketData Trading; do
  files=(Sources/Contracts/"$name"/*.swift)
  our_files+=("${files[@]}")
  seconds=$(compile "$work/objects/$name.o" "${name}Contract" "$modules" "${files[@]}")
  our_seconds=$(awk -v a="$our_seconds" -v b="$seconds" 'BEGIN {print a + b}')
done
mapfile -t their_files < <(find "$work/theirs" -name '*.swift')
their_seconds=$(compile "$work/objects/theirs.o" Theirs "$swift_plugins/Modules" "${their_files[@]}")

: >"$out/generated.jsonl"
over=()
printf '\n%-28s %12s %12s %8s\n' generated alphintra "gRPC Swift 2" ratio
report() {
  local ratio
  ratio=$(awk -v a="$3" -v b="$4" 'BEGIN {printf "%.2f", a / b}')
  printf '%-28s %12s %12s %8s\n' "$1, $2" "$3" "$4" "$ratio"
  printf '{"name":"generated_%s","value":%s,"unit":"%s","peer":"protoc-gen-swift and protoc-gen-grpc-swift-2: %s","ratio":%s}\n' \
    "${1// /_}" "$3" "$2" "$4" "$ratio" >>"$out/generated.jsonl"
  if awk -v r="$ratio" 'BEGIN {exit !(r > 0.5)}'; then over+=("$1: $ratio, at most 0.5"); fi
}
report "source" lines "$(cat "${our_files[@]}" | wc -l)" "$(cat "${their_files[@]}" | wc -l)"
report "object code" bytes "$(object_size "$work"/objects/{Auth,MarketData,Trading}.o)" "$(object_size "$work/objects/theirs.o")"
report "compile time" seconds "$our_seconds" "$their_seconds"
printf 'over its bar: %s\n' "${over[@]:-none}"
