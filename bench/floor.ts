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
import { differences, readScript } from "./end-state.ts";
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

/** Connects to every node and does nothing there: what SSH alone takes of the floor. */
export async function connectToAll({ handles }: Site, signal: AbortSignal): Promise<void> {
  await onEveryNode(handles, signal, () => sh`true`);
}

/**
 * Proves the overlays, whoever built them: the addresses answer from the primary, and every node's bridges, tunnels, MTU,
 * addresses and links are as planned. Neither yardstick nor program may have done less than the others.
 *
 * @throws Error with everything that differs, by node
 */
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
  const addresses = addressesOf(handles);
  const found = await Promise.all(
    Object.values(handles).map(async (node) => {
      const printed = await over(node, readScript(plan), signal);
      return differences(plan, node.name, addresses, printed).map((difference) => `${node.name}: ${difference}`);
    }),
  );
  if (found.flat().length > 0) throw new Error(`the overlays are not as planned:\n${found.flat().join("\n")}`);
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

/** Node name → underlay address. */
export function addressesOf(handles: Site["handles"]): Record<string, string> {
  return Object.fromEntries(Object.entries(handles).map(([name, { address }]) => [name, address]));
}

async function onEveryNode(
  handles: Site["handles"],
  signal: AbortSignal,
  script: (node: NodeHandle) => ShellText,
): Promise<void> {
  await Promise.all(Object.values(handles).map((node) => over(node, script(node), signal)));
}

async function over(node: NodeHandle, script: ShellText, signal: AbortSignal): Promise<string> {
  const options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "BatchMode=yes"];
  const login = [
    "-F",
    "none",
    ...(node.identityFile === undefined ? [] : ["-i", node.identityFile]),
    "-p",
    String(node.port),
    ...options.flatMap((option) => ["-o", option]),
  ];
  const { stdout } = await execa("ssh", [...login, `${node.user}@${node.host}`, "sh", "-s"], {
    input: script.text,
    timeout: nodeSeconds * 1000,
    cancelSignal: signal,
  });
  return stdout;
}
