/**
 * Yardstick: the least that building the overlays can cost. OpenSSH's own client, one connection per node, all nodes at
 * once, and on each one transaction and one batch. Bridges, ports, addresses and MTU end as the project makes them; marks,
 * checks and everything that is read back are left out.
 */
import { execa } from "execa";
import { tunnelPortName } from "../model/naming.ts";
import type { Overlay, Plan } from "../model/plan.ts";
import type { NodeHandle } from "../providers/remote/node-handle.ts";
import { lines, type ShellText, sh } from "../providers/remote/quote.ts";
import type { Site } from "./site.ts";

/** Seconds that one node's part may take before the benchmark gives up. */
const nodeSeconds = 60;

/** Builds the overlays of a site. */
export async function buildFloor({ plan, handles }: Site, signal: AbortSignal): Promise<void> {
  await onEveryNode(handles, signal, ({ name }) => floorScript(plan, name, addressesOf(handles)));
}

/** Takes them away again. */
export async function removeFloor({ plan, handles }: Site, signal: AbortSignal): Promise<void> {
  const script = sh`ovs-vsctl ${plan.overlays.map(({ bridge }) => sh`-- --if-exists del-br ${bridge}`)}`;
  await onEveryNode(handles, signal, () => script);
}

/** Proves that addresses of the overlays answer from the primary: neither yardstick nor program may have done nothing. */
export async function proveOverlays({ plan, handles }: Site, signal: AbortSignal): Promise<void> {
  const targets = plan.overlays.flatMap(({ addresses }) =>
    Object.values(addresses).map((cidr) => cidr.split("/")[0] ?? ""),
  );
  const script = lines(
    ...targets.map(
      (address) => sh`ping -q -c 1 -W 5 ${address} >/dev/null || { echo no answer of ${address}; exit 1; } >&2`,
    ),
  );
  const primary = handles[plan.nodes[0]?.name ?? ""];
  if (primary === undefined) throw new Error("a site has a primary");
  await over(primary, script, signal);
}

/** What one node has to run. */
export function floorScript(plan: Plan, node: string, addresses: Readonly<Record<string, string>>): ShellText {
  const changes = plan.overlays.flatMap((overlay) => [bridgeChange(overlay), ...portChanges(overlay, node, addresses)]);
  const batch = plan.overlays.flatMap(({ bridge, addresses: own }) => [
    ...(own[node] === undefined ? [] : [`address replace ${own[node]} dev ${bridge}`]),
    `link set ${bridge} up`,
  ]);
  return lines(sh`ovs-vsctl ${changes} || exit 1`, sh`printf '%s\n' ${batch} | ip -batch -`);
}

function bridgeChange({ bridge, mtu }: Overlay): ShellText {
  return sh`-- --may-exist add-br ${bridge} -- set bridge ${bridge} datapath_type=netdev -- set interface ${bridge} mtu_request=${mtu}`;
}

function portChanges(
  { bridge, tunnels, port }: Overlay,
  node: string,
  addresses: Readonly<Record<string, string>>,
): ShellText[] {
  return tunnels.flatMap(({ between, vni }) => {
    if (!between.includes(node)) return [];
    const [local, remote] = between[0] === node ? between : [between[1], between[0]];
    const ends = { local: addresses[local] ?? "", remote: addresses[remote] ?? "" };
    const name = tunnelPortName(bridge, ends.remote);
    return [
      sh`-- --may-exist add-port ${bridge} ${name} -- set interface ${name} type=vxlan options:key=${vni} options:local_ip=${ends.local} options:remote_ip=${ends.remote} options:dst_port=${port}`,
    ];
  });
}

function addressesOf(handles: Site["handles"]): Record<string, string> {
  return Object.fromEntries(Object.entries(handles).map(([name, { address }]) => [name, address]));
}

async function onEveryNode(
  handles: Site["handles"],
  signal: AbortSignal,
  script: (node: NodeHandle) => ShellText,
): Promise<void> {
  await Promise.all(Object.values(handles).map((node) => over(node, script(node), signal)));
}

async function over(node: NodeHandle, script: ShellText, signal: AbortSignal): Promise<void> {
  const options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "BatchMode=yes"];
  const login = [
    "-F",
    "none",
    ...(node.identityFile === undefined ? [] : ["-i", node.identityFile]),
    "-p",
    String(node.port),
    ...options.flatMap((option) => ["-o", option]),
  ];
  await execa("ssh", [...login, `${node.user}@${node.host}`, "sh", "-s"], {
    input: script.text,
    timeout: nodeSeconds * 1000,
    cancelSignal: signal,
  });
}
