#!/usr/bin/env bash
# A whole job for a pipeline that knows shell and no more: set up, build and prove, test, and always remove.
#
#   examples/pipeline.sh <stack> <command> [arguments]
#
# The command runs where you are, with plain `pulumi` on PATH and with MULTINODE_STACK, MULTINODE_INVENTORY (an Ansible
# inventory), MULTINODE_SSH_CONFIG (for `ssh -F`) and MULTINODE_NODES (JSON). What is to be kept of the environment is
# copied to the folder MULTINODE_LOGS, if that is set: report, topology, inventory, and devstack's logs in a folder per
# node. Exit code: 0 when all held; that of the command when it failed; else that of what failed before it or, if nothing
# else did, of the removal.
set -euo pipefail

if [ $# -lt 2 ]; then
  echo "usage: examples/pipeline.sh <stack> <command> [arguments]" >&2
  exit 64
fi
stack=$1
shift
here=$PWD
case ${MULTINODE_LOGS:-} in
  "" | /*) logs=${MULTINODE_LOGS:-} ;;
  *) logs=$here/$MULTINODE_LOGS ;;
esac
cd "$(dirname "${BASH_SOURCE[0]}")/.."

finish() {
  code=$?
  trap - EXIT
  trap '' INT TERM HUP # The removal is not to be interrupted as well.
  if [ -n "$logs" ]; then
    # What cannot be kept is told and keeps nothing from being removed.
    npm run -s logs -- "$stack" > /dev/null || true
    mkdir -p "$logs" || true
    for kept in verification.json topology.mmd inventory.yaml logs/.; do
      if [ -e ".multinode/$stack/$kept" ]; then cp -R ".multinode/$stack/$kept" "$logs/" || true; fi
    done
  fi
  npm run -s destroy -- "$stack" || { removal=$?; [ "$code" -ne 0 ] || code=$removal; }
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

npm start -- "$stack"
eval "$(npm run -s env)"
export MULTINODE_STACK=$stack
MULTINODE_INVENTORY=$(pulumi stack output inventory -s "$stack")
MULTINODE_SSH_CONFIG=$(pulumi stack output sshConfig -s "$stack")
MULTINODE_NODES=$(pulumi stack output nodes --json -s "$stack")
export MULTINODE_INVENTORY MULTINODE_SSH_CONFIG MULTINODE_NODES
cd "$here"
"$@"
