#!/usr/bin/env bash
# What a unary call costs its client: CPU a call over mutual TLS on one connection, ours as services of the mesh call each
# other, beside gRPC C++ async. Both call our server. Run by `make bench`.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=peers/rpc.sh
. Tests/Benchmarks/peers/rpc.sh
calls=${CALLS:-200000}
passes=${PASSES:-3}

measure() {
  local in_flight
  for in_flight in 1 100; do
    local count=$calls
    [ $in_flight = 100 ] || count=$((calls / 5))
    taskset -c 1 "$bin/EchoBenchmarkClient" --port "$port" --certificate "$tls/client.pem" --key "$tls/client.key" \
      --ca "$tls/ca.pem" --calls "$count" --warm-up $((count / 10)) --in-flight $in_flight >>"$out/ours.$in_flight.client"
    taskset -c 1 "$peer/echo_client" "$port" "$tls/client.pem" "$tls/client.key" "$tls/ca.pem" \
      "$count" $in_flight $((count / 10)) >>"$out/grpc.$in_flight.client"
  done
}

build_rpc EchoBenchmarkServer EchoBenchmarkClient
make_certificates
rm -f "$out"/*.client
start_ours
for _ in $(seq "$passes"); do measure; done
stop
best() { sort -n "$out/$1.client" | head -1 | cut -d' ' -f1; }
begin_results client
for in_flight in 1 100; do
  report "client CPU, µs a call, $in_flight under way" us "$(best ours.$in_flight)" "gRPC C++ async" "$(best grpc.$in_flight)" 0.6
done
