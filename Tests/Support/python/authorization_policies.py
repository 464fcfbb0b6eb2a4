"""Checks authorization policies of Istio, and answers what they admit.

    authorization_policies.py FILE

Ends with an error unless every document of the file is an AuthorizationPolicy: the models of
cloudcoil.models.istio are made from Istio's custom resource definitions, and nothing beside their fields
is let through. Reads a JSON array of [workload, principal or null, path] from standard input and writes
an array of as many truths: whether the call is admitted.

The rules follow istio.io/latest/docs/reference/config/security/authorization-policy: a workload that a
policy selects admits what a rule of one of its policies matches, and nothing else.
"""

import json
import sys

import yaml
from cloudcoil.models.istio.security.v1 import AuthorizationPolicy

LABEL = "app.kubernetes.io/name"


def selects(policy, workload):
    selector = policy["spec"].get("selector")
    return selector is None or selector["matchLabels"] == {LABEL: workload}


def matches(patterns, value):
    """A pattern is a text, a prefix or suffix with `*`, or `*` for any value that is there."""
    if patterns is None:
        return True
    if value is None:
        return False
    return any(
        pattern == value
        or (pattern.endswith("*") and value.startswith(pattern[:-1]))
        or (pattern.startswith("*") and value.endswith(pattern[1:]))
        for pattern in patterns
    )


def admits(rule, principal, path):
    sources = [source["source"] for source in rule.get("from", [{"source": {}}])]
    operations = [operation["operation"] for operation in rule.get("to", [{"operation": {}}])]
    return any(matches(source.get("principals"), principal) for source in sources) and any(
        matches(operation.get("paths"), path) and matches(operation.get("methods"), "POST")
        for operation in operations
    )


def answer(policies, workload, principal, path):
    selecting = [policy for policy in policies if selects(policy, workload)]
    if not selecting:
        return True
    rules = [rule for policy in selecting for rule in policy["spec"].get("rules", [])]
    return any(admits(rule, principal, path) for rule in rules)


questions = json.load(sys.stdin)
with open(sys.argv[1], encoding="utf-8") as file:
    policies = list(yaml.safe_load_all(file))
for policy in policies:
    AuthorizationPolicy.model_validate(policy, extra="forbid")
    if policy["spec"].get("action", "ALLOW") != "ALLOW":
        raise SystemExit("only policies that allow are understood here")
names = [policy["metadata"]["name"] for policy in policies]
if len(set(names)) != len(names):
    raise SystemExit(f"two policies have one name: {names}")
json.dump([answer(policies, *question) for question in questions], sys.stdout)
