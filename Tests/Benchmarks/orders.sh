#!/usr/bin/env bash
# Orders that the platform takes durably, with 32 and 256 under way, beside pgbench that runs the same statements on the same
# server; the way from an order to its owner's WebSocket; the memory of each process. The best of PASSES counts. Run by
# `make bench`.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=peers/rpc.sh
. Tests/Benchmarks/peers/rpc.sh

echo "orders.sh: building"
for product in alphintra alphintra-gateway OrdersBenchmark; do
  swift build -c release --product "$product" >"$out/orders-build.log" 2>&1 || { tail -20 "$out/orders-build.log"; exit 1; }
done
bin=$(swift build -c release --show-bin-path)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$bin/OrdersBenchmark" --programs "$bin" --scratch "$scratch" --seconds "${SECONDS_EACH:-10}" --passes "${PASSES:-3}" \
  >"$out/orders.txt"

# best NAME: the most of all passes; least NAME: the least; last NAME.
best() { awk -v name="$1" '$1 == name && $2 + 0 > best {best = $2} END {print best + 0}' "$out/orders.txt"; }
# beside RATE_OF NAME: what was measured as NAME in the pass of the best rate.
beside() {
  awk -v rate="$1.rate" -v name="$1.$2" '$1 == rate {better = $2 + 0 > best; if (better) best = $2}
    $1 == name && better {value = $2} END {print value}' "$out/orders.txt"
}
last() { awk -v name="$1" '$1 == name {value = $2} END {print value}' "$out/orders.txt"; }

begin_results orders
report "orders a second, 32 under way" orders/s "$(best ours.32.rate)" "pgbench, 32" "$(best peer.rate)" 1 more
report "orders a second, 256 under way" orders/s "$(best ours.256.rate)" "pgbench, 32" "$(best peer.rate)" 3 more
for name in ours.32 ours.256 peer; do
  printf '%-46s p50 %s ms, p99 %s ms\n' "$name" "$(beside $name p50_ms)" "$(beside $name p99_ms)"
done
echo "Refused and asked again: $(last ours.32.refused) (32), $(last ours.256.refused) (256); answered as pending, which counts for nothing: $(last ours.32.pending), $(last ours.256.pending)"
echo "Published and applied after the load, seconds: $(last ours.32.backlog_s) (32), $(last ours.256.backlog_s) (256)"
echo "Through the edge, a connection each, $(last edge.answer.rate) a second: answer p50 $(last edge.answer.p50_ms) ms," \
  "p99 $(last edge.answer.p99_ms) ms; WebSocket p50 $(last edge.websocket.p50_ms) ms, p99 $(last edge.websocket.p99_ms) ms"
echo "Resident kB: $(awk '$1 ~ /^rss/ {last[$1] = $2} END {for (name in last) printf "%s %s  ", substr(name, 5), last[name]}' "$out/orders.txt")"
for count in 32 256; do
  echo "CPU of the last load, µs an order, $count under way: $(awk -v start="ours.$count.cpu_us." 'index($1, start) == 1 {
    name = substr($1, length(start) + 1); if (!(name in last)) order[++n] = name; last[name] = $2}
    END {for (i = 1; i <= n; i++) printf "%s %.0f  ", order[i], last[order[i]]}' "$out/orders.txt")"
done
echo "Orders acknowledged and found stored, open and funded: $(last acknowledged)"
