#!/bin/bash
# Generates Sources/Contracts and gateway/Sources/GatewayRoutes from protos.
#
#   codegen/generate.sh          writes them, and removes files no contract yields any more
#   codegen/generate.sh --check  writes nothing; fails and shows the difference if they are not up to date
set -euo pipefail
cd "$(dirname "$0")/.."

check=false
[ "${1:-}" = "--check" ] && check=true

plugin=.build/debug/protoc-gen-alphintra
if ! $check || [ ! -x "$plugin" ]; then
  swift build --product protoc-gen-alphintra --quiet
fi

# Options and value types are for the generator itself and for the runtime: they yield no code.
mapfile -t contracts < <(
  cd protos && find . -name '*.proto' -printf '%P\n' |
    grep -v -e '^alphintra/options/' -e '^alphintra/type/' -e '^google/api/' | LC_ALL=C sort)

# Packages whose Swift names the rule would get wrong.
options=package=alphintra.marketdata.v1=MarketDataContract/MarketDataV1
options+=,package=google.rpc=GoogleRPC/Google_RPC

output=$(mktemp -d)
trap 'rm -rf "$output"' EXIT
for kind in contracts routes; do
  mkdir "$output/$kind"
  protoc -Iprotos --plugin=protoc-gen-alphintra="$plugin" \
    --alphintra_opt="outputs=$kind,$options" --alphintra_out="$output/$kind" "${contracts[@]}"
done

# Takes over what was generated into a folder of which every file is generated.
take_over() {
  if $check; then
    diff --recursive --unified "$2" "$1" || {
      echo "generate: $2 is not what the contracts yield; run: make generate" >&2
      exit 1
    }
  else
    mkdir -p "$2"
    # Unchanged files keep their time, so that nothing is built anew without need.
    copy_changes "$1" "$2"
  fi
}

copy_changes() {
  (cd "$1" && find . -type f) | while read -r file; do
    if ! cmp -s "$1/$file" "$2/$file"; then
      mkdir -p "$(dirname "$2/$file")"
      cp "$1/$file" "$2/$file"
    fi
  done
  (cd "$2" && find . -type f) | while read -r file; do
    [ -e "$1/$file" ] || rm "$2/$file"
  done
  find "$2" -mindepth 1 -type d -empty -delete
}

take_over "$output/contracts" Sources/Contracts
take_over "$output/routes" gateway/Sources/GatewayRoutes
