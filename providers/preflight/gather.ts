/** Reads on a host, in one round trip, all that the pre-flight has to know of it. Nothing is changed. */
import { writtenFolders } from "../../model/preflight/checks/disk.ts";
import type { Expectations } from "../../model/preflight/expectations.ts";
import { askedPrograms, type HostFacts } from "../../model/preflight/facts.ts";
import { listMarks } from "../host/other-stacks.ts";
import { records } from "../host/prelude.ts";
import type { NodeHandle } from "../remote/node-handle.ts";
import { lines, type ShellText, sh } from "../remote/quote.ts";
import { run } from "../remote/run.ts";
import { opening, parseFacts } from "./parse.ts";

/** Seconds that Open vSwitch may take to answer; a client waits for a daemon that is not there as long as it is let. */
const switchSeconds = 5;

/**
 * The facts of a host.
 *
 * @param environment `<stack>-<id>`: the stack that is not another one
 * @throws StepError when the host does not answer, or its user cannot become root
 */
export async function gatherFacts(
  node: NodeHandle,
  environment: string,
  expectations: Expectations,
): Promise<HostFacts> {
  const before = Date.now() / 1000;
  const output = await run(node, "look at the host", script(writtenFolders(expectations), environment));
  const after = Date.now() / 1000;
  return parseFacts(output, environment, { before, after });
}

/** Every part prints its name and then what `parseFacts` reads; one that fails prints nothing more. */
function script(folders: readonly string[], environment: string): ShellText {
  const part = (name: string, work: ShellText): ShellText => lines(sh`echo ${`${opening}${name}`}`, work);
  return lines(
    part("clock", sh`date +%s`),
    part("system", sh`cat /etc/os-release 2>/dev/null`),
    part("hostname", sh`cat /proc/sys/kernel/hostname`),
    part(
      "programs",
      sh`for program in ${[...askedPrograms]}; do command -v $program >/dev/null && echo $program; done`,
    ),
    part("links", sh`ip -j -d address show 2>/dev/null`),
    part("routes", sh`ip -j -4 route show table all 2>/dev/null; echo; ip -j -6 route show table all 2>/dev/null`),
    part("sockets", sh`ss -H -l -u -n -p 2>/dev/null`),
    part("ipv6", sh`cat /proc/sys/net/ipv6/conf/all/disable_ipv6 2>/dev/null`),
    part("tun", sh`[ ! -e /dev/net/tun ] || echo there`),
    part("devstack", sh`[ ! -e ${`${records}/${environment}/devstack/begun`} ] || echo begun`),
    part(
      "space",
      sh`for folder in ${[...folders]}; do
at=$folder; while [ ! -d "$at" ]; do at=\${at%/*}; at=\${at:-/}; done
echo "$folder $(df -Pk "$at" | tail -n 1)"
done`,
    ),
    part(
      "switch",
      sh`if command -v ovs-vsctl >/dev/null; then ovs-vsctl --version; ovs-vsctl --timeout=${switchSeconds} get Open_vSwitch . datapath_types 2>/dev/null; fi`,
    ),
    part("marks", listMarks),
    sh`true`,
  );
}
