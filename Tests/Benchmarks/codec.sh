#!/usr/bin/env bash
# Decode and encode times of our codec beside C++ protobuf, on one core, one after the other. Run by `make bench`.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=.build/bench
peer=$out/peer
mkdir -p "$peer" "$out/samples"

echo "codec: building"
swift build -c release --product CodecBenchmarks >"$out/codec-build.log" 2>&1 \
  || { tail -20 "$out/codec-build.log"; exit 1; }
ours=$(swift build -c release --show-bin-path)/CodecBenchmarks
protoc -Iprotos --cpp_out="$peer" protos/bench/v1/codec.proto
g++ -O2 -DNDEBUG -std=c++17 -I"$peer" -o "$peer/codec" Tests/Benchmarks/peers/codec.cc "$peer/bench/v1/codec.pb.cc" \
  $(pkg-config --cflags --libs protobuf)

"$ours" --write "$out/samples"
echo "codec: measuring"
taskset -c 0 "$ours" >"$out/codec-ours.txt"
taskset -c 0 "$peer/codec" "$out/samples" >"$out/codec-peer.txt"

: >"$out/codec.jsonl"
printf '\n%-20s %12s %16s %8s\n' "codec, ns" "alphintra" "C++ protobuf" "ratio"
while read -r name value; do
  reference=$(awk -v name="$name" '$1 == name {print $2}' "$out/codec-peer.txt")
  [ -n "$reference" ] || continue
  ratio=$(awk -v a="$value" -v b="$reference" 'BEGIN {printf "%.2f", a / b}')
  printf '%-20s %12s %16s %8s\n' "$name" "$value" "$reference" "$ratio"
  printf '{"name":"codec_%s","value":%s,"unit":"ns","peer":"C++ protobuf: %s","ratio":%s}\n' \
    "$name" "$value" "$reference" "$ratio" >>"$out/codec.jsonl"
done <"$out/codec-ours.txt"
