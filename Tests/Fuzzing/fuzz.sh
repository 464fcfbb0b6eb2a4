#!/usr/bin/env bash
# libFuzzer on the binary and the JSON form, both at once, each on a core, for some seconds. Run by `make fuzz`.
#   fuzz.sh [SECONDS]
# A finding is a file .build/fuzzing/<target>-crash-…; `.build/fuzzing/<target> FILE` shows it again. The corpus stays and grows.
set -euo pipefail
cd "$(dirname "$0")/../.."

seconds=${1:-120}
out=.build/fuzzing
Tests/Fuzzing/build.sh
"$out/Mutations" --corpus "$out/seeds"
echo "fuzz: both forms for $seconds s"

# fuzz TARGET FORM OPTION...
fuzz() {
  mkdir -p "$out/corpus/$2"
  "$out/$1" -max_total_time="$seconds" -rss_limit_mb=4096 -timeout=10 -print_final_stats=1 -artifact_prefix="$out/$1-" \
    "${@:3}" "$out/corpus/$2" "$out/seeds/$2" >"$out/$1.log" 2>&1
}
fuzz FuzzBinary binary & binary=$!
fuzz FuzzJSON json -dict=Tests/Fuzzing/json.dict & json=$!
failed=()
wait $binary || failed+=(FuzzBinary)
wait $json || failed+=(FuzzJSON)
for target in "${failed[@]}"; do tail -40 "$out/$target.log" >&2; done
[ ${#failed[@]} -eq 0 ] || exit 1
for target in FuzzBinary FuzzJSON; do
  echo "fuzz: $target: $(awk '/number_of_executed_units/ {print $2}' "$out/$target.log") inputs," \
    "$(awk '/new_units_added/ {print $2}' "$out/$target.log") of them new to the corpus"
done
