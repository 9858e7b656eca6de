#!/usr/bin/env bash
# Stands in for devstack's stack.sh.
set -o errexit -o pipefail
cd "$(dirname "$0")"
source ./functions

# As devstack does, a file for people beside the log: a line each phase.
summary=$LOGFILE.summary.$(date +%Y-%m-%d-%H%M%S)
ln -sf "$summary" "$LOGFILE.summary"
: >"$summary"
echo_summary() { echo "$(date '+%Y-%m-%d %H:%M:%S.%3N') | $*" >>"$summary"; echo "$*"; }

[ "$(id -un)" != root ] || { echo "stack.sh is not to be run as root"; exit 1; }
[ ! -e "$double/stacked" ] || { echo "unstack.sh has to be run first"; exit 1; }
event stack begins
{ echo "HOST_IP=$HOST_IP"; echo "SERVICE_HOST=$SERVICE_HOST"; echo "ENABLED_SERVICES=$ENABLED_SERVICES"; echo "MARKER=${MARKER:-}"; } >"$double/asked"
echo_summary "Installing package prerequisites"
echo "+ openstack --os-password $ADMIN_PASSWORD token issue"

# As stack.sh does most of the time: a program that it began is at work, and ends by itself only.
bash -c 'while [ -e "$1" ]; do sleep 0.1; done' at-work "$double/wait"

if is_primary; then
  if uses_tls; then
    mkdir -p "$DATA_DIR/CA/int-ca"
    echo "certificate of $(hostname) $(date +%s%N)" | tee "$DATA_DIR/CA/int-ca/ca-chain.pem" >"$DATA_DIR/ca-bundle.pem"
  fi
  mkdir -p "$DEST/tempest/etc"
  printf '[compute]\nmin_compute_nodes = 1\n' >"$DEST/tempest/etc/tempest.conf"
else
  if uses_tls; then cat "$DATA_DIR/CA/int-ca/ca-chain.pem" "$DATA_DIR/ca-bundle.pem" >/dev/null; fi
  # Whoever waits for the others here shows that none was waiting for this one's end.
  echo_summary "Waiting for the other subnodes"
  ssh -o BatchMode=yes primary "mkdir -p $double/subnodes; touch $double/subnodes/$(hostname)" </dev/null
  for attempt in $(seq 300); do
    there=$(ssh -o BatchMode=yes primary "ls $double/subnodes | wc -l" </dev/null)
    [ "$there" -lt "${TOGETHER:-0}" ] || break
    [ "$attempt" -lt 300 ] || { echo "only $there of $TOGETHER subnodes came"; exit 1; }
    sleep 0.1
  done
fi
if [ -e "$double/fail" ] || [ "${FAIL:-False}" = True ]; then
  echo_summary "Starting Nova"
  echo "nova-compute did not start; the password was $ADMIN_PASSWORD"
  exit 1
fi
touch "$double/stacked"
echo_summary "stack.sh completed"
event stack ends
