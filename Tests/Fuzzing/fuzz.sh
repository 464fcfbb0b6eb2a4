#!/usr/bin/env bash
# libFuzzer on what comes from peers, two targets at a time, each for some seconds. Run by `make fuzz`.
#   fuzz.sh [SECONDS [TARGET…]]
# The targets: FuzzBinary and FuzzJSON (messages in both forms), FuzzFraming (gRPC's framing and compression), FuzzMetadata
# (header fields), FuzzHTTP2 (a client's frames, through nghttp2 into a server's calls).
# A finding is a file .build/fuzzing/<target>-crash-…; `.build/fuzzing/<target> FILE` shows it again. The corpus stays and grows.
set -euo pipefail
cd "$(dirname "$0")/../.."

seconds=${1:-120}
targets=("${@:2}")
[ ${#targets[@]} -gt 0 ] || targets=(FuzzBinary FuzzJSON FuzzFraming FuzzMetadata FuzzHTTP2)
out=.build/fuzzing
# A crash is libFuzzer's to tell: Swift's own handler would read past what AddressSanitizer lets anybody read.
export SWIFT_BACKTRACE=enable=no
Tests/Fuzzing/build.sh
"$out/Mutations" --corpus "$out/seeds"
"$out/TransportSeeds" "$out/seeds"
echo "fuzz: ${targets[*]}, each for $seconds s"

# fuzz TARGET
fuzz() {
  local form=${1#Fuzz} options=()
  form=${form,,}
  [ "$1" != FuzzJSON ] || options=(-dict=Tests/Fuzzing/json.dict)
  [ "$1" != FuzzMetadata ] || options=(-dict=Tests/Fuzzing/headers.dict)
  mkdir -p "$out/corpus/$form"
  "$out/$1" -max_total_time="$seconds" -rss_limit_mb=4096 -timeout=10 -print_final_stats=1 -artifact_prefix="$out/$1-" \
    "${options[@]}" "$out/corpus/$form" "$out/seeds/$form" >"$out/$1.log" 2>&1
}
failed=()
# Two at a time: each keeps a core busy.
for ((index = 0; index < ${#targets[@]}; index += 2)); do
  pair=("${targets[@]:index:2}")
  pids=()
  for target in "${pair[@]}"; do fuzz "$target" & pids+=($!); done
  for position in "${!pair[@]}"; do wait "${pids[position]}" || failed+=("${pair[position]}"); done
done
# Of a finding the end of the log has the input; what went wrong comes before it.
for target in "${failed[@]}"; do
  tail -40 "$out/$target.log" >&2
  echo "fuzz: $target failed:" >&2
  grep -m 8 -E 'Fatal error|ERROR: |Swift runtime failure| in \$s|SUMMARY: |Test unit written' "$out/$target.log" >&2 || true
done
[ ${#failed[@]} -eq 0 ] || exit 1
for target in "${targets[@]}"; do
  echo "fuzz: $target: $(awk '/number_of_executed_units/ {print $2}' "$out/$target.log") inputs," \
    "$(awk '/new_units_added/ {print $2}' "$out/$target.log") of them new to the corpus"
done
