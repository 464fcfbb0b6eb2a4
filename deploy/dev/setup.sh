#!/usr/bin/env bash
# Installs what the build, the demo and the tests need, and says what it does. Run by `make setup`; safe to run again.
#   setup.sh            the packages of the build, the demo and the tests
#   setup.sh --bench    also what the benchmarks compare with
set -euo pipefail
cd "$(dirname "$0")/../.."

build_packages=(
  libnghttp2-dev libssl-dev libpq-dev librdkafka-dev libprotobuf-c-dev libargon2-dev zlib1g-dev pkg-config
  protobuf-compiler libprotobuf-dev git g++
)
run_packages=(postgresql openssl curl ca-certificates)
test_packages=(
  binutils python3 python3-venv protobuf-c-compiler gcc libc6-dev ruby ruby-grpc chromium-headless-shell
  redis-server
)
bench_packages=(
  nghttp2-client nghttp2-server valgrind libgrpc++-dev protobuf-compiler-grpc util-linux binutils
  librust-prost-dev librust-prost-derive-dev librust-prost-build-dev
  librust-serde-dev librust-serde-derive-dev librust-serde-json-dev librust-itoa-dev
)
# Any Rust will do that knows edition 2021.
command -v cargo >/dev/null || bench_packages+=(cargo)

say() { printf 'setup: %s\n' "$*"; }

check_swift() {
  if ! command -v swift >/dev/null; then
    say "Swift is missing. Install Swift 6.2 or later from https://www.swift.org/install/linux/ and put its usr/bin on PATH."
    exit 1
  fi
}

missing_packages() {
  local package
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || printf '%s ' "$package"
  done
}

install_packages() {
  local missing
  if ! command -v dpkg-query >/dev/null; then
    say "this is not a Debian system: install the equivalents of: $*"
    return
  fi
  missing=$(missing_packages "$@")
  if [ -z "$missing" ]; then
    say "all Debian packages are there"
    return
  fi
  local apt="env DEBIAN_FRONTEND=noninteractive apt-get"
  if [ "$(id -u)" != 0 ]; then
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
      apt="sudo $apt"
    else
      say "these Debian packages are missing; install them with:"
      printf '\n  sudo apt-get update && sudo apt-get install -y %s\n\n' "$missing"
      exit 1
    fi
  fi
  say "installing $missing"
  $apt update -qq
  # The PostgreSQL package would start a cluster of its own, which nobody here uses.
  mkdir -p .build
  # shellcheck disable=SC2086
  $apt install -y -qq --no-install-recommends $missing >.build/apt.log 2>&1 \
    || { tail -20 .build/apt.log; say "the installation failed, see .build/apt.log"; exit 1; }
}

install_python_peers() {
  local stamp=.build/python/requirements.sha256 folder=Tests/Support/python wanted
  wanted=$(cat $folder/requirements.txt $folder/requirements-sources.txt | sha256sum | cut -d' ' -f1)
  if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
    say "the Python peers are there"
    return
  fi
  say "installing the Python peers of the tests into .build/python"
  mkdir -p .build
  python3 -m venv --clear .build/python
  local install=(.build/python/bin/pip install --quiet --disable-pip-version-check --require-hashes)
  "${install[@]}" --only-binary :all: -r $folder/requirements.txt
  "${install[@]}" --no-binary :all: --no-deps --no-build-isolation -r $folder/requirements-sources.txt
  printf '%s' "$wanted" >"$stamp"
}

# The program that checks Prometheus' rules, out of Debian's package: installed, that would run a server.
install_promtool() {
  local target=.build/tools/promtool scratch
  if [ -x "$target" ]; then
    say "promtool is there"
    return
  fi
  command -v dpkg-deb >/dev/null || { say "this is not a Debian system: put Prometheus' promtool at $target"; return; }
  say "taking promtool out of Debian's package prometheus"
  mkdir -p .build/tools
  scratch=$(mktemp -d)
  if ! (cd "$scratch" && apt-get download -qq prometheus >/dev/null 2>&1); then
    if [ "$(id -u)" = 0 ]; then apt-get update -qq; else sudo -n apt-get update -qq; fi
    (cd "$scratch" && apt-get download -qq prometheus) || { say "Debian's package prometheus cannot be fetched"; exit 1; }
  fi
  dpkg-deb --fsys-tarfile "$scratch"/prometheus_*.deb | tar --extract --directory "$scratch" ./usr/bin/promtool
  install "$scratch/usr/bin/promtool" "$target"
  rm -rf "$scratch"
}

check_swift
packages=("${build_packages[@]}" "${run_packages[@]}" "${test_packages[@]}")
[ "${1:-}" = --bench ] && packages+=("${bench_packages[@]}")
install_packages "${packages[@]}"
install_python_peers
install_promtool
say "ready"
