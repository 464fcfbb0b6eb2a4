"""Holds the manifests against what the program and the contracts know: who there is, who calls whom, who keeps state.

    facts.py

The call graph stands in the services' definitions (`ServiceDefinition(name: "trading", calls: […]`) and in the gateway's
list of upstreams; every service asks auth for the keys of tokens. Which caller a contract names is in the generated policies of Istio. Network
policies must let through every edge of the call graph, and none that is neither there nor named by a contract.
"""

import pathlib
import re

from render import render

DEFINITIONS = [path.read_text(encoding="utf-8") for path in pathlib.Path("Sources/Services").glob("*/Service/*Service.swift")]
UPSTREAMS = pathlib.Path("gateway/Sources/alphintra-gateway/GatewaySettings.swift").read_text(encoding="utf-8")


def words(text):
    return [word.lower() for word in re.findall(r'"([A-Za-z]+)"', text)]


calls = {name: set(words(called)) for text in DEFINITIONS for name, called in
         re.findall(r'ServiceDefinition\(\s*name: "(\w+)",(?:\s*calls: \[([^\]]*)\])?', text)}
assert {"auth", "marketdata", "trading"} <= calls.keys(), f"the call graph was not found: {calls}"
graph = {(caller, callee) for caller, called in calls.items() for callee in called | ({"auth"} - {caller})}
upstreams = words(re.search(r"static let upstreams = \[([^\]]*)\]", UPSTREAMS).group(1))
assert upstreams, "the gateway's upstreams were not found"
graph |= {("gateway", callee) for callee in upstreams}

prefix = "alphintra/service/"
contracts, named = set(), set()
for policy in render("deploy/kubernetes/istio"):
    callee = policy["spec"].get("selector", {}).get("matchLabels", {}).get("app.kubernetes.io/name")
    if policy["kind"] != "AuthorizationPolicy" or callee in (None, "gateway"):
        continue
    contracts.add(callee)
    for rule in policy["spec"]["rules"]:
        for source in rule.get("from", []):
            callers = [principal.removeprefix(prefix) for principal in source["source"]["principals"]]
            named |= {(caller, callee) for caller in callers if caller != "*"}
named |= {(service, "auth") for service in contracts - {"auth"}}
assert contracts >= calls.keys(), f"no contract of {calls.keys() - contracts}"

manifests = render("deploy/kubernetes")
members, arguments = {}, {}
for document in manifests:
    if document["kind"] in ("Deployment", "StatefulSet", "Job"):
        labels = document["spec"]["template"]["metadata"]["labels"]
        members[labels["app"]] = labels.get("app.kubernetes.io/name", labels["app"])
        if document["kind"] == "Deployment":
            arguments[members[labels["app"]]] = document["spec"]["template"]["spec"]["containers"][0].get("args")


def pods(selector):
    if "matchExpressions" in selector:
        [expression] = selector["matchExpressions"]
        assert expression["key"] == "app" and expression["operator"] == "In"
        return {members[app] for app in expression["values"]}
    return {members[selector["matchLabels"]["app"]]}


def edges(direction, side, port):
    """Who may connect to whom at a port, as the policies of one direction say it."""
    found = set()
    for document in manifests:
        if document["kind"] != "NetworkPolicy":
            continue
        for rule in document["spec"].get(direction, []):
            if [entry.get("port") for entry in rule.get("ports", [])] != [port]:
                continue
            here = pods(document["spec"]["podSelector"])
            there = {pod for peer in rule[side] for pod in pods(peer["podSelector"])}
            callers, callees = (there, here) if direction == "ingress" else (here, there)
            found |= {(caller, callee) for caller in callers for callee in callees}
    return found


problems = []


def compare(what, missing, surplus):
    if missing:
        problems.append(f"{what}: missing are {sorted(missing)}")
    if surplus:
        problems.append(f"{what}: nobody needs {sorted(surplus)}")


for direction, side in (("ingress", "from"), ("egress", "to")):
    allowed = edges(direction, side, "grpc")
    compare(f"calls by {direction}", graph - allowed, allowed - graph - named)
    for store, others in (("postgres", {"migrate", "operator"}), ("kafka", {"topics"})):
        users = {caller for caller, _ in edges(direction, side, store)}
        compare(f"users of {store} by {direction}", (calls.keys() | others) - users, users - contracts - others)

deployed = set(arguments)
compare("deployments", (calls.keys() | {"gateway"}) - deployed, deployed - contracts - {"gateway"})
for member, words_ in arguments.items():
    if member != "gateway" and words_ != ["serve", member]:
        problems.append(f"{member} is started with {words_}")

[platform] = [document for document in manifests if document["kind"] == "ConfigMap"]
targets = {key.removeprefix("MESH_TARGET_").lower(): value for key, value in platform["data"].items()
           if key.startswith("MESH_TARGET_")}
compare("targets", calls.keys() - targets.keys(), targets.keys() - contracts)
apps = {member: app for app, member in members.items()}
for member, target in targets.items():
    if target != f"dns:///{apps.get(member)}:8080":
        problems.append(f"{member} is looked for at {target}")

[migrate] = [document for document in manifests if document["kind"] == "Job" and document["metadata"]["name"] == "migrate"]
variables = {variable["name"] for variable in migrate["spec"]["template"]["spec"]["containers"][0]["env"]}
wanted = {f"{service.upper()}_DATABASE_URL" for service in calls} | {"MIGRATE_DATABASE_URL"}
compare("migrate's databases", wanted - variables, variables - wanted
        - {f"{service.upper()}_DATABASE_URL" for service in contracts})

if problems:
    raise SystemExit("\n".join(problems))
print(f"{len(graph)} edges of the call graph, {len(calls)} services, as the program and the contracts have them")
