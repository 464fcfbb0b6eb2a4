#!/usr/bin/env bash
# Checks deploy/ as far as that goes without containers and a cluster; run by `make deploy-check`.
set -euo pipefail
cd "$(dirname "$0")/../.."

python=.build/python/bin
promtool=.build/tools/promtool
dockerfile=deploy/images/Dockerfile
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

say() { printf 'deploy-check: %s\n' "$*"; }

say "$dockerfile, by $("$python/hadolint" --version)"
"$python/hadolint" --config deploy/images/hadolint.yaml "$dockerfile"

# What the programs are linked with must be among the packages of the image, or in the base of every Debian.
base=' libc6 libgcc-s1 libstdc++6 '
installed=" $(sed -n '/-slim$/,$p' "$dockerfile" | grep -oE '\b(lib[a-z0-9.+-]+|zlib1g|ca-certificates)\b' | tr '\n' ' ')"
for program in alphintra alphintra-gateway; do
  # Swift's own libraries are linked in where the image is built.
  for library in $(readelf --dynamic ".build/debug/$program" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' \
    | grep -vE '^lib(swift|_?Foundation|dispatch|BlocksRuntime|_)' ); do
    package=$(dpkg-query --search "*/$library" | head -1 | cut -d: -f1)
    [[ "$base$installed" == *" $package "* ]] \
      || { say "$program needs $library of $package, which $dockerfile does not install"; exit 1; }
  done
done
say "the image has every library that the programs name"

compared=()
if command -v kubectl >/dev/null; then
  kubectl kustomize deploy/kubernetes >"$scratch/kubectl.yaml"
  compared=("$scratch/kubectl.yaml")
fi
said=$("$python/python" Tests/Deploy/manifests.py "${compared[@]}")
say "$said"
for script in facts capacity; do
  said=$("$python/python" "Tests/Deploy/$script.py")
  say "$said"
done

"$promtool" check rules deploy/monitoring/alerts.yaml
"$promtool" test rules deploy/monitoring/alerts.test.yaml
# Debian's promtool is built without Kubernetes' discovery; the rest of the file it knows.
sed -e 's/kubernetes_sd_configs:/static_configs:/' -e 's/- role: pod/- targets: [localhost:9090]/' -e '/namespaces:/d' \
  deploy/monitoring/scrape.yaml >"$scratch/scrape.yaml"
cp deploy/monitoring/alerts.yaml "$scratch"
"$promtool" check config "$scratch/scrape.yaml"
said=$("$python/python" Tests/Deploy/metrics.py)
say "$said"

"$python/check-jsonschema" --builtin-schema vendor.gitlab-ci .gitlab-ci.yml
"$python/check-jsonschema" --builtin-schema vendor.github-workflows .github/workflows/*.yml
# Every shell in it, as far as its grammar goes.
"$python/python" - <<'PYTHON' | bash -n
import yaml
jobs = yaml.safe_load(open(".gitlab-ci.yml", encoding="utf-8"))
for job in jobs.values():
    if isinstance(job, dict):
        print("\n".join(job.get("before_script", []) + job.get("script", [])))
PYTHON
services=$(sed -n 's/.*SERVICE_NAME: \[\(.*\)\]/\1/p' .gitlab-ci.yml | tr -d ,)
deployed=$("$python/python" -c '
import sys; sys.path.insert(0, "Tests/Deploy")
from render import render
print(*(d["metadata"]["name"] for d in render("deploy/kubernetes") if d["kind"] == "Deployment"))')
[ "$services" = "$deployed" ] || { say "deployed are '$deployed', and .gitlab-ci.yml deploys '$services'"; exit 1; }
grep -q "for SERVICE_NAME in $services;" .gitlab-ci.yml || { say ".gitlab-ci.yml pushes other services than it deploys"; exit 1; }
say "all is well"
