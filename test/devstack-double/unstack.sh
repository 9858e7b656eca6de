#!/usr/bin/env bash
# Stands in for devstack's unstack.sh.
set -o errexit
cd "$(dirname "$0")"
source ./functions
[ ! -e "$double/stuck" ] || { echo "a volume is in use"; exit 1; }
bash -c 'while [ -e "$1" ]; do sleep 0.1; done' at-work "$double/slow"
rm -f "$double/stacked"
# The overlay's bridge is still there when devstack is undone: one that goes first is a wrong order.
event unstack "$(ip -brief link show br-ex >/dev/null 2>&1 && echo with the bridge || echo without the bridge)"
