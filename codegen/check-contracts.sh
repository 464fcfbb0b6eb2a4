#!/bin/bash
# Checks the contracts: their style, and what they changed since the last release, protos/baseline.binpb.
#
#   codegen/check-contracts.sh            prints what it finds, one a line; fails if there is anything
#   codegen/check-contracts.sh --release  makes what the contracts promise now the baseline
set -euo pipefail
cd "$(dirname "$0")/.."

plugin=.build/debug/protoc-gen-alphintra
baseline=protos/baseline.binpb
[ -x "$plugin" ] || swift build --product protoc-gen-alphintra --quiet

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The order of the files decides the bytes of the set.
mapfile -t contracts < <(cd protos && find . -name '*.proto' -printf '%P\n' | LC_ALL=C sort)

describe() {
  protoc -Iprotos --include_imports "$@" "${contracts[@]}"
}

# Prints the findings with paths from the root of the repository.
findings() {
  local status=0
  "$plugin" --check "$1" <"$scratch/contracts.binpb" >"$scratch/findings" || status=$?
  sed 's#^#protos/#' "$scratch/findings"
  return "$status"
}

describe --include_source_info -o "$scratch/contracts.binpb"
if [ "${1:-}" != --release ]; then
  findings "$baseline" && exit
  [ -s "$scratch/findings" ] || exit 2
  echo "contracts-check: $(wc -l <"$scratch/findings") findings; protos/README.md says how a contract is changed" >&2
  exit 1
fi

# Positions and comments are promised to nobody: the baseline is without them.
describe -o "$scratch/baseline.binpb"
if ! findings "$scratch/baseline.binpb"; then
  echo "release-contracts: the style comes first" >&2
  exit 1
fi
if [ -e "$baseline" ] && ! findings "$baseline"; then
  echo "release-contracts: the baseline moves past these breaks" >&2
fi
cmp -s "$scratch/baseline.binpb" "$baseline" || cp "$scratch/baseline.binpb" "$baseline"
