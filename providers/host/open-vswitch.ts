/** Open vSwitch, installed and running where the bridge driver needs it. */
import { sh } from "../remote/quote.ts";
import type { Part } from "./part.ts";

/** Seconds for the download, the installation and the start. */
const installSeconds = 300;

/** Seconds a running Open vSwitch may take to answer. */
const answerSeconds = 5;

/** Whether Open vSwitch works: its database answers. */
const works = sh`ovs-vsctl --timeout=${answerSeconds} show >/dev/null 2>&1`;

/**
 * Open vSwitch. Where it answers, nothing is done. Where it is missing it is installed from the system's own packages,
 * and started; destroying the stack leaves it there, as others may have come to use it.
 */
export const openVswitch: Part = {
  apply: ({ needsOpenVswitch }) => (needsOpenVswitch ? sh`${works} || echo later` : sh`true`),

  later: () => ({
    step: "install and start Open vSwitch",
    seconds: installSeconds,
    script: sh`if ! command -v ovs-vsctl >/dev/null; then
  if command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -qy openvswitch-switch || { apt-get update -q && apt-get install -qy openvswitch-switch; }
  elif command -v dnf >/dev/null; then dnf install -qy openvswitch
  elif command -v yum >/dev/null; then yum install -qy openvswitch
  else echo "this system has neither apt-get nor dnf: install Open vSwitch by hand, then run up again" >&2; exit 1
  fi || exit 1
fi
${works} && exit 0
for service in openvswitch-switch openvswitch; do
  if [ -d /run/systemd/system ]; then systemctl start "$service"; else service "$service" start; fi && ${works} && exit 0
done
echo "Open vSwitch is installed, but its database does not answer" >&2
exit 1`,
  }),

  read: ({ needsOpenVswitch }) =>
    needsOpenVswitch
      ? sh`if ! command -v ovs-vsctl >/dev/null; then echo missing; elif ! ${works}; then echo 'not running'; fi`
      : sh`true`,

  drift: (output) => output.trim(),

  revert: () => sh`true`,
};
