"""Checks the manifests of deploy/kubernetes as far as that goes without a cluster.

    manifests.py [FILE]    FILE: what kubectl rendered deploy/kubernetes to, to be compared

Every document is held against the schemas of Kubernetes, strictly, those of Istio against its custom resource definitions;
then what no schema knows: that names lead somewhere, that nothing runs as root, that each Deployment can be scaled,
disturbed and reached, and the facts of the platform's design for the trading service.
"""

import pathlib
import sys

import jsonschema
import kubernetes_validate
import yaml
from cloudcoil.models.istio.security.v1 import AuthorizationPolicy, PeerAuthentication
from render import documents, render

ROOT = pathlib.Path("deploy/kubernetes")
# Versions of Kubernetes that the manifests are for: the oldest that knows all of their fields, and the newest known here.
VERSIONS = ["1.30", "1.37"]
# What a cluster is given by its operator and is in no file: certificates, the key that signs tokens, the operator's
# password.
BROUGHT = {f"{member}-tls" for member in ("auth", "marketdata", "asset", "exchange", "broker", "trading", "gateway", "edge")}
BROUGHT |= {"auth-signing-key", "operator-account"}
# What stands for the outside world needs neither a second pod nor somebody who keeps it up.
SIMULATED = {"exchange-service"}
ISTIO = {"AuthorizationPolicy": AuthorizationPolicy, "PeerAuthentication": PeerAuthentication}

problems = []


def check(condition, document, text):
    if not condition:
        problems.append(f"{document['kind']}/{document['metadata']['name']}: {text}")


def name(document):
    return document["metadata"]["name"]


def of_kind(kind):
    return [document for document in everything if document["kind"] == kind]


def named(kind):
    return {name(document): document for document in of_kind(kind)}


def containers(workload):
    return workload["spec"]["template"]["spec"]["containers"]


def selects(selector, labels):
    wanted = selector.get("matchLabels", {}).items()
    expressions = selector.get("matchExpressions", [])
    return all(labels.get(key) == value for key, value in wanted) and all(
        labels.get(expression["key"]) in expression["values"] for expression in expressions
    )


everything, mesh = render(ROOT), render(ROOT / "istio")
for document in everything + [document for document in mesh if document["kind"] not in ISTIO]:
    for version in VERSIONS:
        try:
            kubernetes_validate.validate(document, version, strict=True)
        except (kubernetes_validate.ValidationError, jsonschema.ValidationError) as error:
            check(False, document, f"not as Kubernetes {version} has it: {error.message}")
for document in mesh:
    if document["kind"] in ISTIO:
        ISTIO[document["kind"]].model_validate(document, extra="forbid")

identities = [(document["kind"], name(document)) for document in everything]
assert len(set(identities)) == len(identities), f"twice the same: {identities}"
reached = {path for folder in ROOT.rglob("kustomization.yaml") for path in (
    folder.parent / resource for resource in documents(folder)[0]["resources"])}
for path in ROOT.rglob("*.yaml"):
    if path.name != "kustomization.yaml" and path not in reached:
        problems.append(f"{path} is in no kustomization")

configurations, secrets, accounts = named("ConfigMap"), named("Secret"), named("ServiceAccount")
workloads = of_kind("Deployment") + of_kind("StatefulSet") + of_kind("Job")
assert workloads, "nothing is run"
for workload in workloads:
    pod, labels = workload["spec"]["template"]["spec"], workload["spec"]["template"]["metadata"]["labels"]
    if workload["kind"] != "Job":
        check(selects(workload["spec"]["selector"], labels), workload, "selects pods it does not make")
    check(pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["runAsUser"] > 0, workload, "may be root")
    check(pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, workload, "makes any system call")
    check(pod["automountServiceAccountToken"] is False, workload, "gets a token of the cluster, which it does not need")
    if account := pod.get("serviceAccountName"):
        check(account in accounts, workload, f"no account {account}")
    volumes = {volume["name"] for volume in pod.get("volumes", [])}
    volumes |= {claim["metadata"]["name"] for claim in workload["spec"].get("volumeClaimTemplates", [])}
    for volume in pod.get("volumes", []):
        secret = volume["secret"]["secretName"]
        check(secret in secrets or secret in BROUGHT, workload, f"no secret {secret}")
    for container in containers(workload):
        context = container["securityContext"]
        check(context["capabilities"] == {"drop": ["ALL"]}, workload, "keeps capabilities")
        check(context["allowPrivilegeEscalation"] is False, workload, "may gain privileges")
        check({"requests", "limits"} <= container["resources"].keys(), workload, "has no resources")
        check(not container["image"].endswith(":latest") or container["image"].startswith("gcr.io/alphintra/"), workload,
              "runs whatever is latest")
        ports = {port["name"] for port in container.get("ports", [])}
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            action = container.get(probe, {})
            port = (action.get("httpGet") or action.get("tcpSocket") or {}).get("port")
            check(port is None or port in ports, workload, f"{probe} asks {port}, which is no port of it")
        for mount in container.get("volumeMounts", []):
            check(mount["name"] in volumes, workload, f"mounts {mount['name']}, which is no volume")
        for source in container.get("envFrom", []):
            check(source["configMapRef"]["name"] in configurations, workload, f"no ConfigMap for {source}")
        variables = [variable["name"] for variable in container.get("env", [])]
        check(len(set(variables)) == len(variables), workload, "sets a variable twice")
        for variable in container.get("env", []):
            if reference := variable.get("valueFrom", {}).get("secretKeyRef"):
                secret = secrets.get(reference["name"], {"stringData": {}})
                check(reference["key"] in secret["stringData"], workload, f"no secret for {variable['name']}")

scaled = {name(scaler): scaler["spec"] for scaler in of_kind("HorizontalPodAutoscaler")}
budgets = {name(budget): budget["spec"] for budget in of_kind("PodDisruptionBudget")}
services = of_kind("Service")
for deployment in of_kind("Deployment"):
    labels, spec = deployment["spec"]["template"]["metadata"]["labels"], deployment["spec"]
    [container] = containers(deployment)
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        check(probe in container, deployment, f"has no {probe}")
    if name(deployment) not in SIMULATED:
        scaler = scaled.get(name(deployment), {"scaleTargetRef": {}, "minReplicas": 0})
        check(scaler["scaleTargetRef"].get("name") == name(deployment), deployment, "is scaled by nobody")
        check(scaler["minReplicas"] == spec["replicas"] >= 2, deployment, "and its scaler begin with different numbers")
        budget = budgets.get(name(deployment), {"selector": {}})
        check(selects(budget["selector"], labels) and budget["selector"], deployment, "may be gone from all nodes at once")
    check(any(selects({"matchLabels": service["spec"]["selector"]}, labels) for service in services), deployment,
          "is reached by no Service")
for service in services:
    pods = [workload["spec"]["template"] for workload in workloads
            if selects({"matchLabels": service["spec"]["selector"]}, workload["spec"]["template"]["metadata"]["labels"])]
    check(len(pods) == 1, service, f"leads to {len(pods)} kinds of pods")
    ports = {port["name"] for pod in pods for container in pod["spec"]["containers"] for port in container["ports"]}
    for port in service["spec"]["ports"]:
        check(port["targetPort"] in ports, service, f"{port['targetPort']} is no port of its pods")
for policy in of_kind("NetworkPolicy"):
    selector = policy["spec"]["podSelector"]
    check(any(selects(selector, workload["spec"]["template"]["metadata"]["labels"]) for workload in workloads), policy,
          "selects no pod")

# In a mesh of Istio, `istio` beside the rest. What our TLS serves and what Prometheus reads passes the proxies by: behind one
# all callers have one address, and neither its STRICT nor its policies know what is said within our TLS. Nor may a caller's
# proxy put TLS of its own around it: istiod does not see what its proxies leave out, and says to.
EXCLUDE = "traffic.sidecar.istio.io/exclude{}boundPorts"
targets = {value.rpartition(":")[2] for document in configurations.values() for key, value in document["data"].items()
           if key.startswith("MESH_TARGET_")}
istiod = [policy["spec"] for policy in mesh if policy["kind"] == "NetworkPolicy" and any(
    port["port"] == 15012 for rule in policy["spec"].get("egress", []) for port in rule["ports"])]
for workload in workloads:
    metadata = workload["spec"]["template"]["metadata"]
    if workload["kind"] != "Deployment":
        check(metadata["labels"].get("sidecar.istio.io/inject") == "false", workload,
              "gets a proxy of Istio, which refuses all that no policy is about")
        continue
    ports = {str(port["containerPort"]) for container in containers(workload) for port in container["ports"]}
    for way, wanted in (("In", ports), ("Out", targets)):
        excluded = set(metadata["annotations"].get(EXCLUDE.format(way), "").split(","))
        check(excluded == wanted, workload, f"{EXCLUDE.format(way)} is {sorted(excluded)}, not {sorted(wanted)}")
    check(any(selects(policy["podSelector"], metadata["labels"]) for policy in istiod), workload,
          "may not ask istiod: its proxy learns nothing")
for document in mesh:
    check("portLevelMtls" not in document["spec"], document, "leads a port through the proxy that is to pass it by")

# Where names are looked up in clusters of different kinds, and at no other port of these addresses.
RESOLVERS = {"kube-system", "169.254.20.10/32", "169.254.169.254/32"}
dns = named("NetworkPolicy")["dns"]
asked = {peer["ipBlock"]["cidr"] if "ipBlock" in peer else peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
         for rule in dns["spec"]["egress"] for peer in rule["to"]}
ports = {(port["protocol"], port["port"]) for rule in dns["spec"]["egress"] for port in rule["ports"]}
check(dns["spec"]["podSelector"] == {} and asked == RESOLVERS and ports == {("UDP", 53), ("TCP", 53)}, dns,
      f"leads from {dns['spec']['podSelector'] or 'everywhere'} to {sorted(asked)} at {sorted(ports)}")

trading = named("Deployment")["trading-service"]
[container] = containers(trading)
facts = [
    (trading["spec"]["replicas"], 3),
    (trading["spec"]["selector"]["matchLabels"], {"app": "trading-service"}),
    (trading["spec"]["template"]["metadata"]["labels"]["app"], "trading-service"),
    (container["name"], "trading-service"),
    (container["image"], "gcr.io/alphintra/trading-service:latest"),
    (container["ports"][0]["containerPort"], 8080),
    (next(variable["valueFrom"] for variable in container["env"] if variable["name"] == "DATABASE_URL"),
     {"secretKeyRef": {"name": "db-credentials", "key": "url"}}),
    (container["resources"]["requests"], {"memory": "512Mi", "cpu": "500m"}),
    (container["resources"]["limits"], {"memory": "1Gi", "cpu": "1000m"}),
]
for found, wanted in facts:
    check(found == wanted, trading, f"{found} is not {wanted}")

if len(sys.argv) > 1:
    order = lambda document: (document["kind"], name(document))
    rendered = sorted(documents(sys.argv[1]), key=order)
    assert rendered == sorted(everything, key=order), "kubectl renders something else than render.py"

if problems:
    raise SystemExit("\n".join(problems))
print(f"{len(everything)} manifests, as Kubernetes {' and '.join(VERSIONS)} has them")
