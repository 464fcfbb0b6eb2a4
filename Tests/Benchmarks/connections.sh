#!/usr/bin/env bash
# What an idle connection costs a server: resident memory for each of 1,000 over mutual TLS, each of which has made one
# call, ours beside gRPC C++ async. Run by `make bench`.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=peers/rpc.sh
. Tests/Benchmarks/peers/rpc.sh
connections=${CONNECTIONS:-1000}
client=
trap 'release; stop' EXIT

# hold COUNT: opens connections, each with one call, and keeps them.
hold() {
  : >"$out/hold.out"
  taskset -c 1 "$bin/EchoBenchmarkClient" --port "$port" --certificate "$tls/client.pem" --key "$tls/client.key" \
    --ca "$tls/ca.pem" --connections "$1" --calls "$1" --warm-up 0 --in-flight 20 --hold >"$out/hold.out" 2>&1 &
  client=$!
  for _ in $(seq 600); do
    ! grep -q holding "$out/hold.out" || return 0
    kill -0 "$client" 2>/dev/null || { cat "$out/hold.out"; fail "the client ended"; }
    sleep 0.1
  done
  fail "the client did not make its calls"
}

release() {
  [ -n "$client" ] || return 0
  kill "$client" 2>/dev/null || true
  wait "$client" 2>/dev/null || true
  client=
}

# measure SERVER: the bytes of one connection. A few connections come before, for what all share.
measure() {
  local before after
  "start_$1"
  hold 20
  sleep 1
  before=$(resident)
  release
  hold $((connections + 20))
  sleep 1
  after=$(resident)
  release
  echo $(((after - before) / connections)) >"$out/$1.idle"
  stop
}

ulimit -n 8192
build_rpc EchoBenchmarkServer EchoBenchmarkClient
make_certificates
for name in ours grpc; do measure $name; done
begin_results connections
report "resident bytes of an idle connection" bytes "$(cat "$out/ours.idle")" "gRPC C++ async" "$(cat "$out/grpc.idle")" 1
