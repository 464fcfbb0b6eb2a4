"""Asks the generated policies of Istio who may call the RPCs of the proof.

    policies.py FILE
"""

import json
import subprocess
import sys

SERVICE = "/alphintra.marketdata.v1.MarketDataService"
questions = [
    ["marketdata", caller and f"alphintra/service/{caller}", f"{SERVICE}/{rpc}"]
    for rpc in ("GetSpread", "WatchSpreads")
    for caller in ("gateway", "trading", "auth", None)
]
answer = subprocess.run(
    [sys.executable, "Tests/Support/python/authorization_policies.py", sys.argv[1]],
    input=json.dumps(questions), capture_output=True, text=True, check=True,
)
for (_, caller, rpc), admits in zip(questions, json.loads(answer.stdout), strict=True):
    if admits != (caller == "alphintra/service/gateway"):
        sys.exit(f"{rpc} {'admits' if admits else 'refuses'} {caller}")
