#!/usr/bin/env bash
# Runs `swift test` with the arguments given, and says at the end what failed.
#
# A run prints thousands of lines, and what failed stands where it happened. Who reads the end of it only, as one does
# with the record of a CI run, sees here what failed and why. The whole output of the last run stays in .build/test.log.
set -uo pipefail
cd "$(dirname "$0")/.."

# How many lines are shown of one failure: it may tell the ends of several logs.
lines_each=12

log=.build/test.log
swift test --skip-build "$@" 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
[[ $status == 0 ]] && exit 0

echo
echo "What failed (all of the output: $log):"
sed 's/\x1b\[[0-9;]*m//g' "$log" | awk -v most="$lines_each" '
  /^✘ / { shown = index($0, "recorded an issue") ? most : 0 }
  /^(◇|✔|→|➜) / { shown = 0 }
  /^error: / { shown = 1 }
  shown > 0 { print "  " $0; shown-- }
'
exit "$status"
