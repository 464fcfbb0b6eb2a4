#!/usr/bin/env bash
# Unary echo over mutual TLS: server CPU a request beside gRPC C++ async, and beside nghttpd that serves a file of the
# answer's size. The server has core 0 to itself, h2load core 1; each server is measured PASSES times in turn, the best
# counts. Run by `make bench`.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=peers/rpc.sh
. Tests/Benchmarks/peers/rpc.sh
requests=${REQUESTS:-200000}
passes=${PASSES:-3}

start_nghttpd() {
  mkdir -p "$out/htdocs"
  cp "$out/request.bin" "$out/htdocs/answer"
  port=${NGHTTPD_PORT:-50552}
  taskset -c 0 nghttpd -n 1 --verify-client -d "$out/htdocs" "$port" "$tls/server.key" "$tls/server.pem" \
    >"$out/nghttpd.out" 2>&1 &
  server=$!
  for _ in $(seq 100); do
    ! (: >"/dev/tcp/127.0.0.1/$port") 2>/dev/null || return 0
    sleep 0.1
  done
  fail "nghttpd did not start"
}

# one_load SERVER CONNECTIONS STREAMS REQUESTS
one_load() {
  if [ "$1" = nghttpd ]; then
    load "https://localhost:$port/answer" "$2" "$3" "$4"
  else
    load_calls Echo "$2" "$3" "$4"
  fi
}

# measure SERVER: appends "CONNECTIONSxSTREAMS µs-a-request requests-a-second" to its results.
measure() {
  local name=$1 shape connections streams count before
  "start_$name"
  if [ "$name" != nghttpd ]; then
    fetch Echo
    cmp "$out/request.bin" "$out/response.bin" || fail "the answer is not what was sent"
  fi
  for shape in 1x1 1x100 8x32; do
    connections=${shape%x*} streams=${shape#*x} count=$requests
    [ "$shape" != 1x1 ] || count=$((requests / 5))
    one_load "$name" "$connections" "$streams" $((count / 10))
    before=$(cpu_time)
    one_load "$name" "$connections" "$streams" "$count"
    awk -v shape=$shape -v used=$(($(cpu_time) - before)) -v n="$count" \
      -v rate="$(awk '/finished in/ {print $4}' "$out/h2load.txt")" \
      'BEGIN {printf "%s %.2f %.0f\n", shape, used / n, rate}' >>"$out/$name.result"
  done
  stop
}

# best SERVER SHAPE: the least CPU of all passes.
best() { awk -v shape="$2" '$1 == shape && (best == "" || $2 < best) {best = $2} END {print best}' "$out/$1.result"; }

build_rpc EchoBenchmarkServer
make_certificates
make_request bench.v1.Order <Tests/Benchmarks/peers/order.txtpb
rm -f "$out"/{ours,grpc,nghttpd}.result
for _ in $(seq "$passes"); do
  for name in ours grpc nghttpd; do measure "$name"; done
done

begin_results echo
for shape in 1x1:0.75 1x100:0.4 8x32:0.4; do
  report "server CPU, µs a request, ${shape%:*}" us "$(best ours "${shape%:*}")" "gRPC C++ async" "$(best grpc "${shape%:*}")" "${shape#*:}"
done
for shape in 1x100 8x32; do
  report "the same beside a static file, $shape" us "$(best ours $shape)" nghttpd "$(best nghttpd $shape)" 1.8
done
echo "Requests a second on one core, ours, gRPC C++, nghttpd:"
for shape in 1x1 1x100 8x32; do
  for name in ours grpc nghttpd; do
    awk -v shape=$shape '$1 == shape && $3 > best {best = $3} END {printf "%s ", best}' "$out/$name.result"
  done
  echo " $shape"
done
