"""Holds what the stores of development are given against what the platform takes at its largest.

    capacity.py

Connections to PostgreSQL: each pod of a service has a pool (`postgres.connections`) and one more for each of its consumers
of events (decision 32). A Deployment has as many pods as its autoscaler admits, and while it is rolled as many more as
`maxSurge` says; the pipeline rolls all of them at once. A Job has a pool. What is over is for people and the superuser.
Memory: what the processes are told to take must fit below the limit at which the kernel ends them.
"""

import pathlib
import re

from render import render

# PostgreSQL keeps three for the superuser (superuser_reserved_connections); the others are for operators' commands and psql.
RESERVE = 3 + 10
# Memory of its own of a connection's process, in MiB: 1.4 were measured with pgbench, and ours prepare up to 512 statements.
CONNECTION_MEMORY = 4
# The part of a container's memory that a JVM's heap may take: the rest is for classes, threads, buffers of the network.
HEAP_SHARE = 0.6
SETTINGS = pathlib.Path("Sources/Runtime/ServiceKit/Configuration/DatabaseSettings.swift")
UNITS = {"Mi": 1, "Gi": 1024, "MB": 1, "GB": 1024, "m": 1, "g": 1024, "M": 1, "G": 1024}

manifests = render("deploy/kubernetes")
problems = []


def mebibytes(text):
    number, unit = re.fullmatch(r"(\d+)([A-Za-z]+)", text).groups()
    return int(number) * UNITS[unit]


def of_kind(kind):
    return {document["metadata"]["name"]: document["spec"] for document in manifests if document["kind"] == kind}


def container(workload):
    [only] = workload["template"]["spec"]["containers"]
    return only


def variables(workload):
    return {variable["name"]: variable for variable in container(workload).get("env", [])}


def uses_database(workload):
    return any(name.endswith("DATABASE_URL") for name in variables(workload))


def pool(workload, service):
    """`postgres.connections` of a service, where the manifests say it, else the program's."""
    shared = {entry["metadata"]["name"]: entry["data"] for entry in manifests if entry["kind"] == "ConfigMap"}
    told = dict(shared["platform"])
    told |= {name: variable.get("value") for name, variable in variables(workload).items()}
    for name in (f"{service.upper()}_POSTGRES_CONNECTIONS", "POSTGRES_CONNECTIONS"):
        if told.get(name):
            return int(told[name])
    return int(re.search(r'"postgres\.connections".*default: (\d+)', SETTINGS.read_text(encoding="utf-8")).group(1))


def consumers(service):
    """How many consumers of events a service's sources make."""
    [folder] = [path for path in pathlib.Path("Sources/Services").iterdir() if path.name.lower() == service]
    return sum(len(re.findall(r"\bEventConsumer\(", path.read_text(encoding="utf-8"))) for path in folder.rglob("*.swift"))


scaled = {scaler["scaleTargetRef"]["name"]: scaler["maxReplicas"] for scaler in of_kind("HorizontalPodAutoscaler").values()}
connections = {}
for name, deployment in of_kind("Deployment").items():
    if uses_database(deployment):
        [service] = container(deployment)["args"][1:]
        pods = scaled[name] if name in scaled else deployment["replicas"]
        pods += deployment["strategy"]["rollingUpdate"]["maxSurge"]
        connections[name] = pods * (pool(deployment, service) + consumers(service))
for name, job in of_kind("Job").items():
    if uses_database(job):
        connections[name] = pool(job, name)
assert {"trading-service", "asset-service", "migrate"} <= connections.keys(), f"too few were found: {connections}"
assert consumers("asset") >= 2 and consumers("trading") >= 1, "the consumers of events were not found"

stores = of_kind("StatefulSet")
needed = sum(connections.values()) + RESERVE
postgres = container(stores["postgres"])
told = dict(argument.split("=") for argument in postgres.get("args", []) if "=" in argument)
given, buffers = int(told.get("max_connections", 100)), mebibytes(told.get("shared_buffers", "128MB"))
if given < needed:
    problems.append(f"PostgreSQL takes {given} connections, and {needed} are needed: {connections}, {RESERVE} in reserve")
memory = buffers + given * CONNECTION_MEMORY
limit = mebibytes(postgres["resources"]["limits"]["memory"])
if limit < memory:
    problems.append(f"PostgreSQL has {limit} MiB, and {given} connections with shared buffers take {memory}")

kafka = stores["kafka"]
limit = mebibytes(container(kafka)["resources"]["limits"]["memory"])
# Without a word of ours bin/kafka-server-start.sh says -Xmx1G.
options = variables(kafka).get("KAFKA_HEAP_OPTS", {}).get("value", "-Xmx1G")
heap = mebibytes(re.search(r"-Xmx(\d+[mMgG])\b", options).group(1))
if heap > HEAP_SHARE * limit:
    problems.append(f"Kafka's heap of {heap} MiB leaves too little of {limit} MiB for what is beside it")

redis = container(stores["redis"])
limit = mebibytes(redis["resources"]["limits"]["memory"])
keys = mebibytes(redis["args"][redis["args"].index("--maxmemory") + 1].replace("mb", "MB"))
if keys > HEAP_SHARE * limit:
    problems.append(f"Redis may keep {keys} MiB of {limit}: its own buffers and fragments find no room")

if problems:
    raise SystemExit("\n".join(problems))
print(f"{given} connections of PostgreSQL for {needed} that are needed at most, and heaps that fit")
