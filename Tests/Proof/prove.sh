#!/usr/bin/env bash
# Proves the claim of this repository: one proto, everything else follows. Run by `make proof`, after a build.
#
# In a clone of HEAD it does what docs/adding-an-rpc.md says: two RPCs are added to a contract of the platform, and nothing
# is written by hand but their handlers and a test (change/). A route is for a call with one answer and a channel for a
# stream, and the generator refuses either on the other; so they are GetSpread, with a route, and WatchSpreads, with a
# channel. Then steps.sh shows what has come of it. Nothing outside the scratch folder is changed.
#
# SwiftPM's records hold absolute paths: a copy of .build serves only where it was made. So the clone takes the place of the
# repository in a private mount namespace, which asks for root or for user namespaces, and what the change does not touch is
# not built again. Where a machine allows neither, the clone is built from nothing: the same proof, in minutes more.
#
#   prove.sh                           proves it
#   prove.sh --inside SCRATCH COMMAND  runs COMMAND in the clone, in its own namespace in the repository's place
set -euo pipefail

# Takes what was built: written to it is a layer above, or else a copy.
layer() {
  local options="lowerdir=$PWD/.build,upperdir=$scratch/layer,workdir=$scratch/work"
  mkdir "$scratch/layer" "$scratch/work"
  mount -t overlay -o "$options" overlay "$tree/.build" 2>/dev/null ||
    mount -t overlay -o "$options,userxattr" overlay "$tree/.build" 2>/dev/null ||
    cp -a --reflink=auto .build/. "$tree/.build"
}

if [ "${1:-}" = --inside ]; then
  scratch=$2
  tree=$scratch/tree
  layer
  mount --rbind "$tree" "$PWD"
  cd "$PWD"
  # Back to this user's own ids: PostgreSQL refuses to be run by root.
  own=()
  [ "$PROOF_USER" = 0 ] || own=(unshare --user --map-user="$PROOF_USER" --map-group="$PROOF_GROUP")
  exec "${own[@]}" "${@:3}"
fi

cd "$(dirname "$0")/../.."
PROOF_USER=$(id -u)
PROOF_GROUP=$(id -g)
export PROOF_USER PROOF_GROUP
scratch=$(mktemp -d /tmp/alphintra-proof-XXXXXX)
trap 'rm -rf "$scratch"' EXIT
tree=$scratch/tree
# PostgreSQL runs as another user where this is root, and passes through.
chmod 711 "$scratch"
# The proof itself is that of the working tree.
cp -r Tests/Proof "$scratch/proof"

# What was not changed since HEAD keeps its time, so that nothing is built for its sake.
git clone --quiet . "$tree"
comm -z -23 <(git ls-files -z | LC_ALL=C sort -z) <(git diff -z --name-only HEAD | LC_ALL=C sort -z) |
  xargs -0 cp --parents --preserve=mode,timestamps --no-dereference -t "$tree"
mkdir "$tree/.build"

namespace=(unshare --mount)
[ "$PROOF_USER" = 0 ] || namespace+=(--user --map-root-user)
if [ -z "${PROOF_WITHOUT_NAMESPACE:-}" ] && "${namespace[@]}" mount --bind "$tree" . 2>/dev/null; then
  "${namespace[@]}" "$scratch/proof/prove.sh" --inside "$scratch" "$scratch/proof/steps.sh" "$scratch"
else
  echo "proof: no mount namespace of its own here: all of it is built anew"
  cp -a --reflink=auto .build/{checkouts,repositories,workspace-state.json,python} "$tree/.build"
  (cd "$tree" && "$scratch/proof/steps.sh" "$scratch")
fi
