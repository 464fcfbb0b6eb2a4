"""Renders a kustomization: the documents that `kubectl kustomize` would print, in another order.

Only what the kustomizations of deploy/kubernetes use is understood, and anything else is an error; `alphintra up` renders
the same. Where kubectl is installed, check.sh compares.

    render.py FOLDER    the documents, as one stream of YAML
"""

import pathlib
import sys

import yaml

# Kinds that live in no namespace.
CLUSTER_WIDE = {"Namespace"}
KNOWN = {"apiVersion", "kind", "namespace", "resources"}


def documents(path):
    with open(path, encoding="utf-8") as file:
        return [document for document in yaml.safe_load_all(file) if document is not None]


def render(folder):
    folder = pathlib.Path(folder)
    [kustomization] = documents(folder / "kustomization.yaml")
    unknown = kustomization.keys() - KNOWN
    if unknown or kustomization["kind"] != "Kustomization":
        raise SystemExit(f"{folder}/kustomization.yaml: not understood: {sorted(unknown)}")
    rendered = []
    for resource in kustomization["resources"]:
        path = folder / resource
        rendered += render(path) if path.is_dir() else documents(path)
    if namespace := kustomization.get("namespace"):
        for document in rendered:
            if document["kind"] not in CLUSTER_WIDE:
                document["metadata"]["namespace"] = namespace
    return rendered


if __name__ == "__main__":
    yaml.safe_dump_all(render(sys.argv[1]), sys.stdout, sort_keys=True)
