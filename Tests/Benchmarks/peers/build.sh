# Builds ours and the codec's peers; each function says where in a variable: $ours, $cpp, $rust, $swift. Sourced.

mkdir -p .build/bench

bench_log() { tail -20 "$1"; exit 1; }

# shellcheck disable=SC2034
build_ours() {
  echo "codec: building ours"
  swift build -c release --product CodecBenchmarks >.build/bench/ours-build.log 2>&1 || bench_log .build/bench/ours-build.log
  ours=$(swift build -c release --show-bin-path)/CodecBenchmarks
}

build_cpp() {
  local work=.build/bench/peer
  mkdir -p "$work"
  protoc -Iprotos --cpp_out="$work" protos/bench/v1/codec.proto
  g++ -O2 -DNDEBUG -std=c++17 -I"$work" -o "$work/codec" Tests/Benchmarks/peers/codec.cc "$work/bench/v1/codec.pb.cc" \
    $(pkg-config --cflags --libs protobuf)
  cpp=$work/codec
}

# The crates are Debian's; nothing is fetched.
build_rust() {
  echo "codec: building prost and serde_json"
  local work=.build/bench/rust
  mkdir -p "$work/source"
  cp -r Tests/Benchmarks/peers/rust/. "$work/source"
  PROTOS=$PWD/protos CARGO_TARGET_DIR=$work/target cargo build --quiet --release --offline \
    --manifest-path "$work/source/Cargo.toml" \
    --config 'source.crates-io.replace-with="debian"' --config 'source.debian.directory="/usr/share/cargo/registry"' \
    >"$work.log" 2>&1 || bench_log "$work.log"
  rust=$work/target/release/codec-peer
}

# swift-protobuf and gRPC Swift 2 with their plugins, in a package of their own. The first build takes long.
build_swift() {
  echo "codec: building swift-protobuf and its plugins"
  swift_peers=.build/bench/swift-peers
  local log=.build/bench/swift-peers.log sources=$swift_peers/Sources/SwiftProtobufPeer
  mkdir -p "$swift_peers"
  cp -r Tests/Benchmarks/peers/swift/. "$swift_peers"
  # The plugins first: they write a source of the last product.
  swift build --package-path "$swift_peers" -c release --product protoc-gen-swift >"$log" 2>&1 || bench_log "$log"
  swift build --package-path "$swift_peers" -c release --product protoc-gen-grpc-swift-2 >>"$log" 2>&1 || bench_log "$log"
  swift_plugins=$(swift build --package-path "$swift_peers" -c release --show-bin-path)
  protoc -Iprotos/bench/v1 --plugin="$swift_plugins/protoc-gen-swift" --swift_out="$sources" protos/bench/v1/codec.proto
  swift build --package-path "$swift_peers" -c release --product SwiftProtobufPeer >>"$log" 2>&1 || bench_log "$log"
  swift=$swift_plugins/SwiftProtobufPeer
}
