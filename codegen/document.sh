#!/bin/bash
# Builds the documentation of CodegenCore with the toolchain's docc, from the modules that are built already.
# The package needs no plugin for it.
set -euo pipefail
cd "$(dirname "$0")/.."

output=.build/docs
swift build --target CodegenCore --quiet
rm -rf "$output"
mkdir -p "$output/symbols"
swift-symbolgraph-extract -module-name CodegenCore -minimum-access-level internal \
  -target "$(swiftc -print-target-info | sed -n 's/.*"unversionedTriple": "\(.*\)",/\1/p' | head -1)" \
  -I .build/debug/Modules -I codegen/Sources/CDescriptor/include -I Sources/C/CProtobufC \
  -output-dir "$output/symbols"
docc convert codegen/Sources/CodegenCore/CodegenCore.docc --additional-symbol-graph-dir "$output/symbols" \
  --fallback-display-name CodegenCore --fallback-bundle-identifier com.alphintra.codegen \
  --warnings-as-errors --output-path "$output/CodegenCore.doccarchive"
echo "docs: $output/CodegenCore.doccarchive; to read it:"
echo "  docc preview codegen/Sources/CodegenCore/CodegenCore.docc --additional-symbol-graph-dir $output/symbols"
