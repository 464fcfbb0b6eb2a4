#!/usr/bin/env bash
# Unary echo over mutual TLS: server CPU a request, ours beside gRPC C++ async, in one run. The server has core 0 to
# itself, h2load core 1. Run by `make bench`.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=$PWD/.build/bench
peer=$out/peer
tls=$out/tls
requests=${REQUESTS:-200000}
mkdir -p "$peer" "$tls"
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true' EXIT

build() {
  echo "echo: building"
  swift build -c release --product EchoBenchmarkServer >"$out/echo-build.log" 2>&1 \
    || { tail -20 "$out/echo-build.log"; exit 1; }
  protoc -Iprotos --cpp_out="$peer" --grpc_out="$peer" \
    --plugin=protoc-gen-grpc="$(command -v grpc_cpp_plugin)" \
    protos/bench/v1/echo.proto protos/alphintra/options/options.proto
  if [ ! -x "$peer/echo_server" ] || [ Tests/Benchmarks/peers/echo_server.cc -nt "$peer/echo_server" ]; then
    g++ -O2 -DNDEBUG -std=c++17 -I"$peer" -o "$peer/echo_server" Tests/Benchmarks/peers/echo_server.cc \
      "$peer"/bench/v1/echo{,.grpc}.pb.cc "$peer"/alphintra/options/options{,.grpc}.pb.cc \
      $(pkg-config --cflags --libs grpc++ protobuf)
  fi
  gcc -O2 -shared -fPIC -o "$peer/client_certificate.so" Tests/Benchmarks/peers/client_certificate.c -ldl
}

certificates() {
  local name
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=bench authority" \
    -keyout "$tls/ca.key" -out "$tls/ca.pem" 2>/dev/null
  for name in server client; do
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$name" \
      -keyout "$tls/$name.key" -out "$tls/$name.csr" 2>/dev/null
    openssl x509 -req -in "$tls/$name.csr" -CA "$tls/ca.pem" -CAkey "$tls/ca.key" -CAcreateserial -days 2 \
      -extfile <(printf 'subjectAltName=DNS:localhost,IP:127.0.0.1,URI:spiffe://alphintra/service/%s' "$name") \
      -out "$tls/$name.pem" 2>/dev/null
  done
}

request_body() {
  protoc -Iprotos --encode=bench.v1.Order protos/bench/v1/echo.proto \
    <Tests/Benchmarks/peers/order.txtpb >"$out/order.bin"
  # gRPC's frame: one byte of flags, four of length.
  { printf '\0'; printf '%08x' "$(stat -c %s "$out/order.bin")" | sed 's/../\\x&/g' | xargs -0 printf '%b'; \
    cat "$out/order.bin"; } >"$out/request.bin"
}

# start NAME COMMAND...: runs a server on core 0 and reads its port from its first line.
start() {
  local name=$1
  shift
  : >"$out/$name.out"
  taskset -c 0 "$@" >"$out/$name.out" 2>&1 &
  server=$!
  for _ in $(seq 100); do
    port=$(awk '$1 == "listening" {print $2}' "$out/$name.out")
    [ -n "$port" ] && return
    sleep 0.1
  done
  cat "$out/$name.out"
  echo "echo: $name did not start"
  exit 1
}

# h2load judges the HTTP status only, so the answer is looked at first.
verify() {
  curl --silent --http2 --cacert "$tls/ca.pem" --cert "$tls/client.pem" --key "$tls/client.key" \
    -H 'content-type: application/grpc' -H 'te: trailers' --data-binary @"$out/request.bin" \
    -D "$out/headers.txt" -o "$out/response.bin" "$url"
  tr -d '\r' <"$out/headers.txt" | grep -qx 'grpc-status: 0' \
    || { cat "$out/headers.txt"; echo "echo: no grpc-status 0"; exit 1; }
  cmp "$out/request.bin" "$out/response.bin" || { echo "echo: the answer is not what was sent"; exit 1; }
}

# load CONNECTIONS STREAMS REQUESTS
load() {
  LD_PRELOAD=$peer/client_certificate.so CLIENT_CERTIFICATE=$tls/client.pem CLIENT_KEY=$tls/client.key \
    taskset -c 1 timeout 120 h2load -t1 -c"$1" -m"$2" -n"$3" -d "$out/request.bin" \
    -H 'content-type: application/grpc' -H 'te: trailers' "$url" >"$out/h2load.txt"
  grep -q " $3 succeeded, 0 failed" "$out/h2load.txt" || { cat "$out/h2load.txt"; exit 1; }
}

# User and system time of the server so far, in clock ticks.
cpu_ticks() { awk '{print $14 + $15}' "/proc/$server/stat"; }

# measure NAME: prints "µs-a-request requests-a-second".
measure() {
  url=https://localhost:$port/bench.v1.EchoService/Echo
  verify
  load 8 32 20000
  local before after
  before=$(cpu_ticks)
  load 8 32 "$requests"
  after=$(cpu_ticks)
  awk -v ticks=$((after - before)) -v hz="$(getconf CLK_TCK)" -v n="$requests" \
    -v rate="$(awk '/finished in/ {print $4}' "$out/h2load.txt")" \
    'BEGIN {printf "%.2f %.0f\n", ticks * 1e6 / hz / n, rate}' >"$out/$1.result"
  kill "$server"
  wait "$server" 2>/dev/null || true
  server=
}

build
certificates
request_body
bin=$(swift build -c release --show-bin-path)
start ours "$bin/EchoBenchmarkServer" --port 0 \
  --certificate "$tls/server.pem" --key "$tls/server.key" --ca "$tls/ca.pem"
measure ours
start grpc "$peer/echo_server" "${GRPC_PORT:-50551}" "$tls/server.pem" "$tls/server.key" "$tls/ca.pem"
measure grpc

read -r ours ours_rate <"$out/ours.result"
read -r grpc grpc_rate <"$out/grpc.result"
ratio=$(awk -v a="$ours" -v b="$grpc" 'BEGIN {printf "%.2f", a / b}')
printf '\n%-44s %12s %16s %8s\n' "unary echo, mutual TLS, 8 connections x 32" "alphintra" "gRPC C++ async" "ratio"
printf '%-44s %12s %16s %8s\n' "server CPU, µs a request" "$ours" "$grpc" "$ratio"
printf '%-44s %12s %16s\n' "requests a second, one core" "$ours_rate" "$grpc_rate"
printf '{"name":"echo_mtls_8x32_server_cpu","value":%s,"unit":"us","peer":"gRPC C++ async: %s","ratio":%s}\n' \
  "$ours" "$grpc" "$ratio" >"$out/echo.jsonl"
