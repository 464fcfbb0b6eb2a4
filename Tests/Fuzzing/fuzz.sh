#!/usr/bin/env bash
# libFuzzer on the binary and the JSON form, for some seconds each. Run by `make fuzz`.
#   fuzz.sh [SECONDS]
# A finding is a file .build/fuzzing/<target>-crash-…; `.build/fuzzing/<target> FILE` shows it again. The corpus stays and grows.
set -euo pipefail
cd "$(dirname "$0")/../.."

seconds=${1:-120}
out=.build/fuzzing
Tests/Fuzzing/build.sh fuzzers
"$out/Mutations" --corpus "$out/seeds"
for target in FuzzBinary:binary FuzzJSON:json; do
  name=${target%%:*}
  kind=${target#*:}
  mkdir -p "$out/corpus/$kind"
  dictionary=()
  [ $kind != json ] || dictionary=(-dict=Tests/Fuzzing/json.dict)
  echo "fuzz: $name for $seconds s"
  "$out/$name" -max_total_time="$seconds" -rss_limit_mb=4096 -timeout=10 -print_final_stats=1 \
    -artifact_prefix="$out/$name-" "${dictionary[@]}" "$out/corpus/$kind" "$out/seeds/$kind" \
    >"$out/$name.log" 2>&1 || { tail -40 "$out/$name.log"; exit 1; }
  grep -E 'stat::number_of_executed_units|stat::new_units_added' "$out/$name.log"
done
