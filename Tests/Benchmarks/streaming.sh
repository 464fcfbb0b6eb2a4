#!/usr/bin/env bash
# Server streaming of messages of 100 bytes over mutual TLS: messages for each second of the server's CPU, ours beside
# gRPC C++ async. Run by `make bench`.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=peers/rpc.sh
. Tests/Benchmarks/peers/rpc.sh
messages=${MESSAGES:-20000}
passes=${PASSES:-3}
# The body's tag and length make it 100.
body_bytes=98

# measure SERVER: appends messages for a second of CPU to its results.
measure() {
  local name=$1 streams=40 before
  "start_$name"
  fetch Stream
  [ "$(stat -c %s "$out/response.bin")" = $((messages * 105)) ] || fail "$name did not send what was asked for"
  # Windows that hold nobody up: what is measured is the server.
  load_calls Stream 4 4 8 -w 24 -W 24
  before=$(cpu_time)
  load_calls Stream 4 4 $streams -w 24 -W 24
  awk -v used=$(($(cpu_time) - before)) -v n=$((streams * messages)) 'BEGIN {printf "%.0f\n", n / used * 1e6}' \
    >>"$out/$name.stream"
  stop
}

build_rpc EchoBenchmarkServer
make_certificates
make_request bench.v1.StreamRequest <<<"count: $messages body_bytes: $body_bytes"
rm -f "$out"/{ours,grpc}.stream
for _ in $(seq "$passes"); do
  for name in ours grpc; do measure "$name"; done
done
best() { sort -n "$out/$1.stream" | tail -1; }
begin_results streaming
report "streamed messages for a second of server CPU" messages "$(best ours)" "gRPC C++ async" "$(best grpc)" 3 more
