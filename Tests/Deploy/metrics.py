"""Holds every metric that alerts and the dashboard name against those that the programs have.

    metrics.py

A name is either recorded by a rule, or Prometheus' own, or stands in the sources as a metric's: what nobody counts would
never wake anybody.
"""

import json
import pathlib
import re

import yaml

OWN = {"up"}
WORDS = {"by", "and", "or", "unless", "without", "on", "ignoring", "offset", "bool"}
# Histograms of calls are named by the end they are counted at.
PREFIXES = ("grpc_server_call", "grpc_client_call")


def declared():
    names = set()
    for root in ("Sources", "gateway/Sources"):
        for path in pathlib.Path(root).rglob("*.swift"):
            if "Contracts" in path.parts:
                continue
            text = path.read_text(encoding="utf-8")
            names |= set(re.findall(r'"([a-z][a-z0-9]*(?:_[a-z0-9]+)+)"', text))
            names |= {prefix + end for end in re.findall(r'"\\\(prefix\)(_[a-z_]+)"', text) for prefix in PREFIXES}
    return names


def metrics(expression):
    """The names of series in an expression of PromQL."""
    text = re.sub(r'"(?:[^"\\]|\\.)*"', "", expression)
    text = re.sub(r"\{[^}]*\}|\[[^\]]*\]", " ", text)
    text = re.sub(r"\b(?:by|without|on|ignoring)\s*\([^)]*\)", " ", text)
    for word in re.finditer(r"[a-zA-Z_][a-zA-Z0-9_:]*", text):
        is_function = re.match(r"\s*\(", text[word.end():])
        if not is_function and word.group() not in WORDS:
            yield word.group()


rules = yaml.safe_load(pathlib.Path("deploy/monitoring/alerts.yaml").read_text(encoding="utf-8"))
rules = [rule for group in rules["groups"] for rule in group["rules"]]
recorded = {rule["record"] for rule in rules if "record" in rule}
dashboard = json.loads(pathlib.Path("deploy/monitoring/dashboard.json").read_text(encoding="utf-8"))
expressions = [rule["expr"] for rule in rules]
expressions += [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
known = declared() | recorded | OWN
used = {metric for expression in expressions for metric in metrics(expression)}
unknown = {metric for metric in used if metric not in known
           and re.sub(r"_(bucket|count|sum)$", "", metric) not in known}
assert len(used) > 20, f"too few metrics were found to believe it: {used}"
if unknown:
    raise SystemExit(f"no program has these metrics: {', '.join(sorted(unknown))}")
tested = yaml.safe_load(pathlib.Path("deploy/monitoring/alerts.test.yaml").read_text(encoding="utf-8"))
tested = {test["alertname"] for group in tested["tests"] for test in group.get("alert_rule_test", []) if test["exp_alerts"]}
# The slow halves of a budget are the same expression over other windows, one of which is tested.
untested = {rule["alert"] for rule in rules if "alert" in rule} - tested
untested = {alert for alert in untested if not alert.endswith("BurnsSlow")}
if untested:
    raise SystemExit(f"no test lets these alerts fire: {', '.join(sorted(untested))}")
identifiers = [panel["id"] for panel in dashboard["panels"]]
assert len(set(identifiers)) == len(identifiers), "two panels have one id"
print(f"{len(used)} metrics are counted, {len(rules)} rules")
