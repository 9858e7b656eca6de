#!/usr/bin/env bash
# One stack per build, its state where every controller finds it.
#
#   PULUMI_BACKEND_URL=s3://bucket PULUMI_CONFIG_PASSPHRASE_FILE=/run/secrets/multinode \
#     examples/build.sh <build id> <stack> <command> [arguments]
#
# The build gets a copy of the stack's file under its own name, build-<build id>, and runs `pipeline.sh` with it: set up,
# build, test, remove. When the removal worked, nothing of the build is left in the backend either; when the machine died,
# `sweep.sh` finds it there. Lab nodes of several builds on one machine need ranges of their own: set UNDERLAY=10.60.0.0/16.
set -euo pipefail

if [ $# -lt 3 ]; then
  echo "usage: examples/build.sh <build id> <stack> <command> [arguments]" >&2
  exit 64
fi
: "${PULUMI_BACKEND_URL:?expected the URL of a state backend that all controllers share, such as s3://bucket}"
build=build-$1
base=$2
shift 2
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

finish() {
  code=$?
  trap - EXIT
  # `rm` refuses a stack that still has resources: then state and file stay for another try.
  if (cd "$project" && eval "$(npm run -s env)" && pulumi stack rm --yes --preserve-config "$build"); then
    rm -f "$project/Pulumi.$build.yaml"
  fi
  exit "$code"
}
# Without its salt, which belongs to the other stack's secrets.
grep -v '^encryptionsalt:' "$project/Pulumi.$base.yaml" > "$project/Pulumi.$build.yaml"
trap finish EXIT
if [ -n "${UNDERLAY:-}" ]; then
  (cd "$project" && eval "$(npm run -s env)" &&
    pulumi stack init --no-select "$build" &&
    pulumi config set --path devstack-multinode:nodes.lab.underlay "$UNDERLAY" -s "$build")
fi
"$project/examples/pipeline.sh" "$build" "$@"
