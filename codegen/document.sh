#!/bin/bash
# Builds the documentation of the modules that have a catalog, with the toolchain's docc. The package needs no plugin for it.
set -euo pipefail
cd "$(dirname "$0")/.."

output=.build/docs
target=$(swiftc -print-target-info | sed -n 's/.*"unversionedTriple": "\(.*\)",/\1/p' | head -1)
rm -rf "$output"

# document MODULE FOLDER ACCESS: FOLDER holds the catalog, ACCESS is the least access of a symbol that is shown.
document() {
  local symbols=$output/symbols/$1
  swift build --target "$1" --quiet
  mkdir -p "$symbols"
  local modules
  mapfile -t modules < <(maps)
  swift-symbolgraph-extract -module-name "$1" -minimum-access-level "$3" -target "$target" \
    -I .build/debug/Modules -I codegen/Sources/CDescriptor/include "${headers[@]}" "${modules[@]}" \
    -output-dir "$symbols"
  # What the module adds to types of other modules is not its page.
  rm -f "$symbols"/*@*
  # A parameter whose name says it all needs no sentence; any other warning is a mistake.
  docc convert "$2/$1.docc" --additional-symbol-graph-dir "$symbols" --fallback-display-name "$1" \
    --fallback-bundle-identifier "com.alphintra.$1" --output-path "$output/$1.doccarchive" >"$output/$1.log" 2>&1 ||
    { cat "$output/$1.log" && exit 1; }
  if grep -E '^(warning|error):' "$output/$1.log" | grep -v 'is missing documentation'; then
    echo "docs: mistakes in the documentation of $1; $output/$1.log says where" && exit 1
  fi
  echo "docs: $output/$1.doccarchive; to read it: docc preview $2/$1.docc --additional-symbol-graph-dir $symbols"
}

headers=()
for folder in Sources/C/*/; do headers+=(-I "$folder"); done

# The modules of C that packages bring: described by the build, or by themselves.
maps() {
  find -L .build/debug -maxdepth 2 -name module.modulemap -printf '-Xcc\n-fmodule-map-file=%p\n'
  find .build/checkouts -path '*/include/module.modulemap' -printf '-I\n%h\n'
}

document CodegenCore codegen/Sources/CodegenCore internal
document RPC Sources/Runtime/RPC public
document Mesh Sources/Runtime/Mesh public
