#!/usr/bin/env bash
# Stands in for devstack's discover_hosts.sh.
set -o errexit
cd "$(dirname "$0")/.."
source ./functions
event discover
