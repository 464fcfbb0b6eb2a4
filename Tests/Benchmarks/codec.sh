#!/usr/bin/env bash
# What it costs to read and write messages, in binary and JSON, beside Rust's prost and serde_json, C++ protobuf and
# swift-protobuf: the same bytes, one core, one after the other, several times. Run by `make bench`.
#   PASSES=10 Tests/Benchmarks/codec.sh     more passes: noise only ever adds, so the best of all counts
set -euo pipefail
cd "$(dirname "$0")/../.."
source Tests/Benchmarks/peers/build.sh
out=.build/bench
samples=$out/samples
core=${CORE:-0}

build_ours
build_cpp
build_rust
build_swift

rm -rf "$samples"
"$ours" --write "$samples"
for peer in rust cpp swift; do
  "${!peer}" --check "$samples"
  "$ours" --check "$samples" "$peer"
done

echo "codec: measuring"
rm -f "$out"/codec-*.txt
for _ in $(seq "${PASSES:-5}"); do
  taskset -c "$core" "$ours" >>"$out/codec-ours.txt"
  for peer in rust cpp swift; do taskset -c "$core" "${!peer}" "$samples" >>"$out/codec-$peer.txt"; done
done

# The best of all passes by name.
best() { awk -v name="$2" '$1 == name && (best == "" || $2 < best) {best = $2} END {print best}' "$out/codec-$1.txt"; }

: >"$out/codec.jsonl"
over=()
# compare NAME OURS PEER LABEL BAR: one line of JSON; the ratio is in $ratio afterwards.
compare() {
  local reference
  reference=$(best "$3" "$1")
  ratio=$(awk -v a="$2" -v b="$reference" 'BEGIN {printf "%.2f", a / b}')
  printf '{"name":"codec_%s","value":%s,"unit":"ns","peer":"%s: %s","ratio":%s}\n' \
    "$1" "$2" "$4" "$reference" "$ratio" >>"$out/codec.jsonl"
  cell="$reference ($ratio)"
  if [ -n "$5" ] && awk -v r="$ratio" -v bar="$5" 'BEGIN {exit !(r > bar)}'; then over+=("$1: $ratio of $4, at most $5"); fi
}

# What a ratio may be at most.
bar() {
  case $1:$2 in
    rust:*_json_*) echo 1.5 ;;
    rust:*_decode) echo 1.0 ;;
    rust:*_encode) echo 1.2 ;;
    swift:order_decode | swift:order_encode | swift:report_decode | swift:report_encode) echo 0.25 ;;
  esac
}

printf '\n%-20s %12s %22s %22s %22s\n' "codec, ns (ratio)" alphintra "prost, serde_json" "C++ protobuf" swift-protobuf
for name in {tick,order,report}_{,json_}{decode,encode}; do
  value=$(best ours "$name")
  rust_label=prost
  [[ $name == *_json_* ]] && rust_label=serde_json
  compare "$name" "$value" rust "$rust_label" "$(bar rust "$name")"; rust_cell=$cell
  compare "$name" "$value" cpp "C++ protobuf" ""; cpp_cell=$cell
  compare "$name" "$value" swift swift-protobuf "$(bar swift "$name")"; swift_cell=$cell
  printf '%-20s %12s %22s %22s %22s\n' "$name" "$value" "$rust_cell" "$cpp_cell" "$swift_cell"
done
printf 'over its bar: %s\n' "${over[@]:-none}"
