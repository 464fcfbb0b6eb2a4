#!/usr/bin/env bash
# The conformance suite of protobuf's own makers against our codec: proto3 in binary form and JSON, recommended cases too.
# Run by `make conformance`. The suite's runner is built once from Debian's source package, against the installed
# libprotobuf, and kept outside the repository; nothing under /etc is touched.
set -euo pipefail
cd "$(dirname "$0")/../.."

say() { printf 'conformance: %s\n' "$*"; }
# Both fields are dpkg's own; a rebuild of the binary package alone keeps the version of its source.
version=$(dpkg-query -W -f '${source:Version}' libprotobuf-dev)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/alphintra/conformance-$version-$(dpkg --print-architecture)
runner=$cache/conformance-test-runner
testee=.build/debug/ConformanceTestee

# The machine's own sources with `deb` made `deb-src`, in a folder that apt reads instead of /etc/apt.
private_sources() {
  local file
  mkdir -p "$1/sources" "$1/lists/partial" "$1/archives/partial"
  for file in /etc/apt/sources.list.d/*.sources; do
    [ -e "$file" ] || continue
    sed -E 's/^Types:.*/Types: deb-src/' "$file" >"$1/sources/$(basename "$file")"
  done
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -e "$file" ] || continue
    sed -E -n 's/^deb(-src)?[[:space:]]/deb-src /p' "$file" | sort -u >"$1/sources/$(basename "$file" .list).list"
  done
}

download() {
  local apt=(
    apt-get -qq -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$1/sources" -o "Dir::State::lists=$1/lists"
    -o "Dir::Cache=$1" -o APT::Sandbox::User=root -o Acquire::Retries=3)
  "${apt[@]}" update || true
  (cd "$1" && "${apt[@]}" source --download-only "protobuf=$version")
}

build_runner() {
  local scratch tree
  scratch=$(mktemp -d)
  # shellcheck disable=SC2064
  trap "rm -rf '$scratch'" EXIT
  say "getting the source package protobuf $version"
  private_sources "$scratch"
  if ! download "$scratch" >"$scratch/log" 2>&1; then
    cat "$scratch/log" >&2
    say "the source package protobuf $version cannot be had, so nothing is shown about conformance." \
      "It needs the Debian mirror of this machine's sources once; afterwards $runner is enough." >&2
    exit 1
  fi
  tar -xf "$scratch"/protobuf_*.orig.tar.* -C "$scratch"
  tree=$(echo "$scratch"/protobuf-*/)
  say "building the suite's runner (once for this version; minutes)"
  mkdir "$scratch/generated"
  protoc -I"$tree/conformance" -I"$tree/src" --cpp_out="$scratch/generated" conformance.proto \
    google/protobuf/test_messages_proto2.proto google/protobuf/test_messages_proto3.proto
  # The suite uses headers of its own library that are not installed.
  # shellcheck disable=SC2046
  g++ -O0 -w -std=c++17 -I"$scratch/generated" -I"$tree/conformance" -I"$tree/conformance/third_party/jsoncpp" -idirafter "$tree/src" \
    -o "$scratch/runner" "$scratch/generated/conformance.pb.cc" "$scratch"/generated/google/protobuf/*.pb.cc \
    "$tree"/conformance/{conformance_test,conformance_test_main,conformance_test_runner}.cc \
    "$tree"/conformance/{binary_json,text_format}_conformance_suite.cc \
    "$tree"/conformance/third_party/jsoncpp/jsoncpp.cpp $(pkg-config --cflags --libs protobuf)
  mkdir -p "$cache"
  mv "$scratch/runner" "$runner"
}

[ -x "$runner" ] || build_runner

report=.build/conformance.txt
status=0
"$runner" --enforce_recommended --verbose "$testee" >"$report" 2>&1 || status=$?
grep -E '^CONFORMANCE (TEST|SUITE)' "$report" | sed 's/^/conformance: /' || true
if [ $status != 0 ]; then
  say "the suite found failures; the whole report is $report" >&2
  exit 1
fi
