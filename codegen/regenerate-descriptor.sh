#!/bin/sh
# Regenerates codegen/Sources/CDescriptor: protoc-c's output for the two files of protoc itself that
# a plugin speaks. Needs Debian's protobuf-c-compiler, libprotobuf-dev (descriptor.proto) and
# libprotoc-dev (compiler/plugin.proto). PROTO_INCLUDE names another folder to look in first.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
target=$here/Sources/CDescriptor
plugin=google/protobuf/compiler/plugin.proto

for include in "${PROTO_INCLUDE:-/usr/include}" /usr/include; do
  [ -f "$include/$plugin" ] && break
done
if [ ! -f "$include/$plugin" ] || ! command -v protoc-c >/dev/null; then
  echo "regenerate-descriptor: needs protoc-c and $plugin;" \
    "run: apt-get install protobuf-c-compiler libprotobuf-dev libprotoc-dev" >&2
  exit 1
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
protoc-c -I"$include" -I/usr/include --c_out="$scratch" google/protobuf/descriptor.proto "$plugin"

# Headers are what the module shows; sources stay beside them.
for name in descriptor compiler/plugin; do
  mkdir -p "$target/include/google/protobuf/$(dirname "$name")"
  cp "$scratch/google/protobuf/$name.pb-c.h" "$target/include/google/protobuf/$name.pb-c.h"
  cp "$scratch/google/protobuf/$name.pb-c.c" "$target/$(basename "$name").pb-c.c"
done
