#!/bin/sh
# Writes input.binpb for every golden case: what protoc would hand to the plugin for the case's
# contracts, input.proto and those in folders beside it. The tests read these and need no protoc.
#
#   codegen/capture-goldens.sh OUTPUT   writes OUTPUT/<case>/input.binpb
set -eu
cd "$(dirname "$0")/.."

output=$(mkdir -p "$1" && cd "$1" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# A plugin that keeps its request and answers with no file, and that it knows proto3 optional
# (supported_features = 1, the bytes 10 01).
cat > "$scratch/protoc-gen-capture" <<'END'
#!/bin/sh
cat > "$CAPTURE"
printf '\020\001'
END
chmod +x "$scratch/protoc-gen-capture"

for case in Tests/CodegenTests/Golden/*/; do
  name=$(basename "$case")
  mkdir -p "$output/$name"
  contracts=$(cd "$case" && find . -name '*.proto' | sed 's#^\./##' | LC_ALL=C sort)
  # Paths of contracts have no spaces.
  # shellcheck disable=SC2086
  CAPTURE=$output/$name/input.binpb protoc -Iprotos -I"$case" \
    --plugin=protoc-gen-capture="$scratch/protoc-gen-capture" \
    --capture_opt=package=golden.kitchensink.v1=GoldenKitchenSink/KitchenSinkV1 \
    --capture_out="$scratch" $contracts
done
