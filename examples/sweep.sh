#!/usr/bin/env bash
# Removes what builds left behind whose controller died: every stack build-… that nobody has touched for some hours.
#
#   examples/sweep.sh <hours>
#
# To be run where the nodes can be reached, with the backend and the passphrase of the builds; lab nodes, on their machine.
# What was on hosts that do not answer any more counts as removed: whoever gave them to the build has taken them back.
# Exit code: 0 when nothing is left that is so old.
set -euo pipefail

if ! [[ ${1:-} =~ ^[0-9]+$ ]]; then
  echo "usage: examples/sweep.sh <hours>" >&2
  exit 64
fi
hours=$1
cd "$(dirname "${BASH_SOURCE[0]}")/.."
eval "$(npm run -s env)"

# A stack without a time was never updated, so it has no resources.
stale=$(pulumi stack ls --json | node -e '
  const before = Date.now() - Number(process.argv[1]) * 3600_000;
  const stacks = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
  for (const { name, lastUpdate } of stacks)
    if (name.startsWith("build-") && lastUpdate !== undefined && Date.parse(lastUpdate) <= before) console.log(name);
' "$hours")

failed=0
for stack in $stale; do
  echo "$stack: nobody has touched it for $hours hours"
  # The state knows all that is to be removed, and the key to log in with: the build's own files are not needed. A dead run
  # may have left its lock.
  pulumi cancel --yes --stack "$stack" > /dev/null 2>&1 || true
  if npm run -s destroy -- "$stack" --abandon-gone && pulumi stack rm --yes --stack "$stack"; then
    rm -f "Pulumi.$stack.yaml"
  else
    failed=1
  fi
done
exit "$failed"
