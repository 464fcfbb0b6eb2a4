#!/usr/bin/env bash
# Runs the tests of the runtime under ThreadSanitizer, in a copy of the checkout: a race that is found fails the run.
# Arguments go to `swift test`, such as --filter MeshTests. Run by `make thread-check`.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
copy=$root/.build/thread-sanitizer
suites=${SUITES:-HTTP2Tests|TLSTests|RPCTests|RPCTransportTests|MeshTests|ObservabilityTests|StandardServicesTests}

echo "thread-check: copying"
mkdir -p "$copy"
find "$copy" -mindepth 1 -maxdepth 1 ! -name .build -exec rm -rf {} +
# With their times, so that a second run builds what has changed.
git ls-files -z --cached --others --exclude-standard --deduplicate | tar --null --ignore-failed-read -T - -cf - | tar -xf - -C "$copy"
# What is there already need not be fetched again, nor set up.
mkdir -p "$copy/.build"
for part in checkouts repositories workspace-state.json python; do
  [ ! -e ".build/$part" ] || [ -e "$copy/.build/$part" ] || cp -a ".build/$part" "$copy/.build/"
done
[ ! -e Package.resolved ] || cp Package.resolved "$copy/"
cd "$copy"

# A lock that the sanitizer understands, in every module that uses one.
targets=$(swift package describe --type json \
  | python3 -c 'import json, sys; [print(t["path"]) for t in json.load(sys.stdin)["targets"]]')
for target in $targets; do
  if grep -rqE 'Mutex[<(]' --include='*.swift' "$target"; then
    cp -p "$root/Tests/ThreadSanitizer/Mutex.swift.in" "$target/SanitizedMutex.swift"
  fi
done

echo "thread-check: building"
log=$root/.build/thread-sanitizer.log
swift build --build-tests --sanitize=thread >"$log" 2>&1 || { grep -E 'error:' "$log" | head -20; exit 1; }
echo "thread-check: testing"
rm -f "$copy"/race.*
# swift-subprocess locks with the library's Mutex, which is the library's to change.
echo 'race:s10Subprocess' >"$copy/.build/suppressions"
export TSAN_OPTIONS="halt_on_error=0 log_path=$copy/race suppressions=$copy/.build/suppressions" SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=6
export SWIFT_BACKTRACE=enable=no
swift test --skip-build --sanitize=thread --filter "$suites" "$@" | grep -vE '^. (Test|Suite).*(started|passed)'
if compgen -G "$copy/race.*" >/dev/null; then
  cat "$copy"/race.* | grep -E '^SUMMARY' | sort | uniq -c | sort -rn
  echo "thread-check: races were found; $copy/race.* tell more" >&2
  exit 1
fi
echo "thread-check: no race"
