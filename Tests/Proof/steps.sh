#!/usr/bin/env bash
# The steps of the proof, in the clone that prove.sh has made: one line for each thing shown, and the first that does not
# hold ends it.
#
#   steps.sh SCRATCH   SCRATCH is the folder of prove.sh, which removes it
set -euo pipefail
scratch=$1
change=$scratch/proof/change
log=$scratch/log
service=Sources/Services/MarketData/Service/Handlers
contract=protos/alphintra/marketdata/v1/marketdata_service.proto
python=.build/python/bin/python

say() { printf 'proof: %4ss  %s\n' "$SECONDS" "$*"; }
shown() { printf 'proof: %4ss  \342\234\224 %s\n' "$SECONDS" "$*"; }
fails() {
  printf 'proof: does not hold: %s\n' "$*" >&2
  exit 1
}

# run WHAT COMMAND...: its output is shown only if it fails.
run() {
  local what=$1
  shift
  "$@" >"$log" 2>&1 </dev/null || {
    tail -40 "$log" >&2
    fails "$what"
  }
}

# contains WHAT FILE TEXT...: FILE has a line that has every text.
contains() {
  local what=$1 lines text
  lines=$(cat "$2")
  for text in "${@:3}"; do
    lines=$(grep -F -e "$text" <<<"$lines") || fails "$what: $2 has no line with: ${*:3}"
  done
}

# MARK: - What a developer writes

# The RPCs go to the end of the service, the messages to the end of the file.
write_by_hand() {
  awk -v rpcs="$change/rpcs.proto.in" '
    inService && /^}$/ { while ((getline line < rpcs) > 0) print line; inService = 0 }
    /^service / { inService = 1 }
    { print }' "$contract" >"$scratch/contract"
  cat "$scratch/contract" "$change/messages.proto.in" >"$contract"
  cp "$change"/{GetSpread,WatchSpreads}.swift "$service"
  cp "$change/SpreadTests.swift" Tests/MarketDataServiceTests
}

write_by_hand
git add --intent-to-add .
by_hand=$(git diff --name-only | wc -l)
lines=$(git diff --numstat | awk '{ lines += $1 } END { print lines }')
say "GetSpread and WatchSpreads are written: $lines lines in $by_hand files, contract, handlers and a test"

# MARK: - What follows

run "make generate" make generate
git add --intent-to-add .
shown "make generate: $(($(git diff --name-only | wc -l) - by_hand)) further files follow"
run "the contracts keep their style and break nobody" codegen/check-contracts.sh
shown "make contracts-check: the contract keeps its style and breaks nobody"

say "building"
run "it compiles" make build
shown "it compiles: the service has the handlers, the gateway the route and the channel"

# tests WHAT FILTER: the tests pass, and there are some.
tests() {
  run "$1" swift test --skip-build --filter "$2"
  grep -q 'Test run with [1-9]' "$log" || fails "$1: no test is called $2"
}
tests "the generated client reaches the handlers" MarketDataServiceTests.SpreadTests
shown "the generated Swift client calls both, and reads the stream"
tests "the generated contract tests pass" ContractTests
contains "the contract tests cover both" Tests/ContractTests/Generated/MarketDataCases.swift \
  '"alphintra.marketdata.v1.MarketDataService/WatchSpreads",'
git diff --quiet Tests/ContractTests/uncovered-rpcs.txt || fails "the contract tests cover both"
shown "the contract tests cover both by RPC, REST and WebSocket, with every caller, user and error: none was written"

contains "the access table has both" docs/access.md GetSpread gateway required read
contains "the access table has both" docs/access.md WatchSpreads gateway required read
shown "docs/access.md says who may call them"
$python "$scratch/proof/policies.py" deploy/kubernetes/istio/authorization-policies.yaml || fails "Istio's policy"
shown "Istio's policy admits the gateway to them and nobody else"

# MARK: - What runs

say "starting the platform"
: >"$scratch/platform"
.build/debug/alphintra dev --folder "$scratch/dev" --port 0 --postgres-port 0 >"$scratch/platform" 2>&1 &
platform=$!
trap 'kill -INT $platform 2>/dev/null; wait $platform || true' EXIT
until grep -q 'Stop with Ctrl-C' "$scratch/platform"; do
  kill -0 $platform 2>/dev/null || { cat "$scratch/platform" >&2; fails "the platform starts"; }
  sleep 0.2
done
url=$(awk '$1 == "REST" { print $2 }' "$scratch/platform")
authority=$scratch/dev/certificates/ca.pem

rest() { curl -sS --cacert "$authority" -H 'Content-Type: application/json' "$@"; }
rest "$url/api/auth/register" -o /dev/null -d '{"email":"ada@example.com","password":"correct horse battery","displayName":"Ada"}'
token=$(rest "$url/api/auth/login" -d '{"email":"ada@example.com","password":"correct horse battery"}' |
  $python -c 'import json, sys; print(json.load(sys.stdin)["accessToken"])')

# What the edge answers is held to OpenAPI, which is validated with it.
$python "$scratch/proof/edge.py" "$url" "$authority" "$token" >"$scratch/exchanges" || fails "the edge"
shown "GET /api/market-data/AAPL/spread answers; without a token, and with a wrong symbol, it says why not"
shown "channel spreads of /ws/v1 sends a snapshot, then updates with their sequence"
$python Tests/Support/python/openapi.py gateway/openapi.json <"$scratch/exchanges" >"$scratch/mistakes"
[ "$(tr -d ' nul,[]' <"$scratch/mistakes")" = "" ] || fails "what the edge said is OpenAPI: $(cat "$scratch/mistakes")"
shown "gateway/openapi.json is valid, has the operation and the channel, and all that was said follows it"

call() {
  .build/debug/alphintra call --directory "$scratch/dev/directory" --certificates "$scratch/dev/certificates" "$@"
}
export ALPHINTRA_TOKEN=$token
call --list >"$scratch/list"
contains "alphintra call lists them" "$scratch/list" GetSpread
contains "alphintra call lists them" "$scratch/list" WatchSpreads
call --describe GetSpread >"$scratch/describe"
contains "alphintra call describes it" "$scratch/describe" "GET /api/market-data/{symbol}/spread"
call GetSpread '{"symbol":"AAPL"}' >"$scratch/answer" || fails "alphintra call GetSpread"
contains "alphintra call calls it" "$scratch/answer" '"symbol":"AAPL"' '"width":'
(call WatchSpreads '{"symbols":["AAPL"]}' || true) 2>/dev/null | head -n 2 >"$scratch/answer"
contains "alphintra call streams it" "$scratch/answer" '"snapshot":'
contains "alphintra call streams it" "$scratch/answer" '"spread":'
shown "alphintra call lists, describes and calls both"

say "one proto: everything else followed"
