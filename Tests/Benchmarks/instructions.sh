#!/usr/bin/env bash
# How many instructions a unary echo takes our server: the baseline that tells a regression from noise. Counted by
# callgrind, over plaintext and over mutual TLS, one stream at a time, as the difference of two runs. Compares with
# instructions.tsv; `instructions.sh --update` writes it.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=peers/rpc.sh
. Tests/Benchmarks/peers/rpc.sh
# How much more than the baseline is a regression.
tolerance=0.03
baseline=Tests/Benchmarks/instructions.tsv

# count REQUESTS STREAMS [OPTION...]: the instructions of a server that answers so many.
count() {
  local requests=$1 streams=$2
  shift 2
  start counted valgrind --tool=callgrind --callgrind-out-file="$out/callgrind.out" \
    "$out/EchoBenchmarkServer" --port 0 "$@"
  if [ "$1" = --plaintext ]; then
    load "http://localhost:$port/bench.v1.EchoService/Echo" 1 "$streams" "$requests" \
      -d "$out/request.bin" -H 'content-type: application/grpc' -H 'te: trailers'
  else
    load_calls Echo 1 "$streams" "$requests"
  fi
  kill "$server"
  wait "$server" 2>/dev/null || true
  server=
  awk '/^(summary|totals):/ {total = $2} END {print total}' "$out/callgrind.out"
}

# each NAME STREAMS [OPTION...]: a line of the table.
each() {
  local name=$1 streams=$2 few many
  shift 2
  few=$(count 2000 "$streams" "$@")
  many=$(count 12000 "$streams" "$@")
  printf '%s\t%s\n' "$name" $(((many - few) / 10000))
}

build_rpc EchoBenchmarkServer
# valgrind does not read Swift's debug information.
objcopy --strip-debug "$bin/EchoBenchmarkServer" "$out/EchoBenchmarkServer"
make_certificates
make_request bench.v1.Order <Tests/Benchmarks/peers/order.txtpb
secured=(--certificate "$tls/server.pem" --key "$tls/server.key" --ca "$tls/ca.pem")
{
  each plaintext_1x1 1 --plaintext
  each plaintext_1x32 32 --plaintext
  each mtls_1x1 1 "${secured[@]}"
  each mtls_1x32 32 "${secured[@]}"
} >"$out/instructions.tsv"

if [ "${1:-}" = --update ]; then
  cp "$out/instructions.tsv" "$baseline"
  cat "$baseline"
  exit
fi
awk -v tolerance=$tolerance 'NR == FNR {before[$1] = $2; next} {
  change = $2 / before[$1] - 1
  printf "%-16s %8d %8d %+.1f %%\n", $1, before[$1], $2, change * 100
  if (change > tolerance) worse = 1
} END {exit worse}' "$baseline" "$out/instructions.tsv" || fail "more instructions a request than the baseline allows"
