#!/usr/bin/env bash
# Every benchmark, one after the other, on a machine that does nothing else. Results stand in .build/bench/*.jsonl.
set -euo pipefail
cd "$(dirname "$0")"
for benchmark in codec generated echo streaming client connections orders instructions; do "./$benchmark.sh"; done
