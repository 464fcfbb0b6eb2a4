#!/usr/bin/env bash
# Reads some COUNT mutated messages under AddressSanitizer, in equal parts with seeds of their own, as many at a time as
# there are cores. Run by `make mutations`; the same count gives the same inputs on every machine.
#   mutations.sh COUNT
set -euo pipefail
cd "$(dirname "$0")/../.."

count=$1
parts=$((1 + (count - 1) / 500000))
Tests/Fuzzing/build.sh
seq "$parts" | xargs -P "$(nproc)" -I SEED .build/fuzzing/Mutations $((count / parts)) SEED
