# What the benchmarks of RPCs share: the programs, certificates, requests, a server on core 0, the load of core 1. Sourced
# from the checkout's root; results go to $out.
out=$PWD/.build/bench
peer=$out/peer
tls=$out/tls
server=
mkdir -p "$peer" "$tls"
trap 'stop' EXIT

fail() { echo "${0##*/}: $*" >&2; exit 1; }

# build_rpc PRODUCT...: builds ours and gRPC C++'s programs.
build_rpc() {
  echo "${0##*/}: building"
  local product log=$out/rpc-build.log include=-Iprotos
  for product in "$@"; do
    swift build -c release --product "$product" >"$log" 2>&1 || { tail -20 "$log"; exit 1; }
  done
  bin=$(swift build -c release --show-bin-path)
  protoc $include --cpp_out="$peer" --grpc_out="$peer" --plugin=protoc-gen-grpc="$(command -v grpc_cpp_plugin)" \
    protos/bench/v1/echo.proto protos/alphintra/options/options.proto
  local program
  for program in echo_server echo_client; do
    if [ ! -x "$peer/$program" ] || [ "Tests/Benchmarks/peers/$program.cc" -nt "$peer/$program" ] \
      || [ protos/bench/v1/echo.proto -nt "$peer/$program" ]; then
      g++ -O2 -DNDEBUG -std=c++17 -I"$peer" -o "$peer/$program" "Tests/Benchmarks/peers/$program.cc" \
        "$peer"/bench/v1/echo{,.grpc}.pb.cc "$peer"/alphintra/options/options{,.grpc}.pb.cc \
        $(pkg-config --cflags --libs grpc++ protobuf)
    fi
  done
  gcc -O2 -shared -fPIC -o "$peer/client_certificate.so" Tests/Benchmarks/peers/client_certificate.c -ldl
}

make_certificates() {
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

# make_request MESSAGE <TEXT: $out/request.bin is gRPC's frame of it, one byte of flags and four of length before it.
make_request() {
  protoc -Iprotos --encode="$1" protos/bench/v1/echo.proto >"$out/message.bin"
  { printf '\0'; printf '%08x' "$(stat -c %s "$out/message.bin")" | sed 's/../\\x&/g' | xargs -0 printf '%b'; \
    cat "$out/message.bin"; } >"$out/request.bin"
}

# start NAME COMMAND...: runs a server on core 0 and reads its port from its first line.
start() {
  local name=$1
  shift
  : >"$out/$name.out"
  taskset -c 0 "$@" >"$out/$name.out" 2>&1 &
  server=$!
  for _ in $(seq 600); do
    port=$(awk '$1 == "listening" {print $2}' "$out/$name.out")
    [ -z "$port" ] || return 0
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  cat "$out/$name.out"
  fail "$name did not start"
}

start_ours() {
  start ours "$bin/EchoBenchmarkServer" --port 0 \
    --certificate "$tls/server.pem" --key "$tls/server.key" --ca "$tls/ca.pem"
}

start_grpc() {
  start grpc "$peer/echo_server" "${GRPC_PORT:-50551}" "$tls/server.pem" "$tls/server.key" "$tls/ca.pem"
}

stop() {
  [ -n "$server" ] || return 0
  kill "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  server=
}

# fetch METHOD: makes one call with $out/request.bin; the answer is in $out/response.bin. h2load judges the HTTP status only.
fetch() {
  curl --silent --http2 --cacert "$tls/ca.pem" --cert "$tls/client.pem" --key "$tls/client.key" \
    -H 'content-type: application/grpc' -H 'te: trailers' --data-binary @"$out/request.bin" \
    -D "$out/headers.txt" -o "$out/response.bin" "https://localhost:$port/bench.v1.EchoService/$1"
  tr -d '\r' <"$out/headers.txt" | grep -qx 'grpc-status: 0' || { cat "$out/headers.txt"; fail "no grpc-status 0"; }
}

# load URL CONNECTIONS STREAMS REQUESTS [OPTION...]: all of them must succeed.
load() {
  local url=$1 connections=$2 streams=$3 requests=$4
  shift 4
  LD_PRELOAD=$peer/client_certificate.so CLIENT_CERTIFICATE=$tls/client.pem CLIENT_KEY=$tls/client.key \
    taskset -c 1 timeout 300 h2load -t1 -c"$connections" -m"$streams" -n"$requests" "$@" "$url" >"$out/h2load.txt"
  grep -q " $requests succeeded, 0 failed" "$out/h2load.txt" || { cat "$out/h2load.txt"; exit 1; }
}

# load_calls METHOD CONNECTIONS STREAMS REQUESTS [OPTION...]: the same of a gRPC method.
load_calls() {
  local method=$1 connections=$2 streams=$3 requests=$4
  shift 4
  load "https://localhost:$port/bench.v1.EchoService/$method" "$connections" "$streams" "$requests" \
    -d "$out/request.bin" -H 'content-type: application/grpc' -H 'te: trailers' "$@"
}

# User and system time of the server so far, in microseconds. Nanoseconds from the scheduler: clock ticks are too coarse.
cpu_time() { cat /proc/"$server"/task/*/schedstat | awk '{sum += $1} END {printf "%.0f\n", sum / 1000}'; }

# The server's resident memory, in bytes.
resident() { awk '/^VmRSS/ {print $2 * 1024}' "/proc/$server/status"; }

# report NAME UNIT OURS PEER PEERS BAR [more-is-better]: prints a line, and writes it as JSON.
report() {
  awk -v name="$1" -v unit="$2" -v ours="$3" -v peer="$4" -v theirs="$5" -v bar="$6" -v more="${7:-}" -v out="$results" 'BEGIN {
    ratio = ours / theirs
    verdict = (more != "" ? ratio >= bar : ratio <= bar) ? "" : "  over its bar"
    if (verdict != "" && more != "") verdict = "  under its bar"
    printf "%-46s %10s %10s %-16s %6.2f (%s %s)%s\n", name, ours, theirs, peer, ratio, (more != "" ? "at least" : "at most"), bar, verdict
    printf "{\"name\":\"%s\",\"value\":%s,\"unit\":\"%s\",\"peer\":\"%s: %s\",\"ratio\":%.3f,\"bar\":%s}\n", name, ours, unit, peer, theirs, ratio, bar >>out
  }'
}

# begin_results NAME: where `report` writes.
begin_results() {
  results=$out/$1.jsonl
  : >"$results"
  printf '\n%-46s %10s %10s %-16s %6s\n' "" alphintra peer "" ratio
}
