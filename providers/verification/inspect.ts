/** Looks at a node the way a diagnosis needs it: what is there, and what goes through its tunnels. */

import type { FoundBridge, FoundEnd, FoundNode, Traffic } from "../../model/diagnosis/state.ts";
import { BURST } from "../../model/diagnosis/trace.ts";
import type { Overlay, Plan } from "../../model/plan.ts";
import { driverOf } from "../drivers/index.ts";
import { findPatchPorts, type PatchPort, parsePatchPorts } from "../drivers/patch-ports.ts";
import { messageOf } from "../remote/error.ts";
import type { NodeHandle } from "../remote/node-handle.ts";
import { lines, type ShellText, sh } from "../remote/quote.ts";
import { run } from "../remote/run.ts";

/** Seconds a look may take. */
const lookSeconds = 12;

/** Seconds between two broadcasts of a burst; so many that it is over in a moment, so few that none is lost by haste. */
const burstInterval = 0.01;

/** Seconds `ping` waits for answers, which nobody gives, after its last broadcast. */
const lastAnswerSeconds = 0.1;

/** Firewall rules of a node that the report shows at most. */
const shownRules = 5;

/** A node beside the others of its stack. */
interface Member {
  readonly node: NodeHandle;
  /** Nodes at the other ends of its tunnels. */
  readonly peers: readonly NodeHandle[];
}

/**
 * Looks at every node, and counts what a burst of broadcasts from each puts through the tunnels.
 *
 * @param silent why nodes could not be reached a moment ago, by name; they are not waited for again
 */
export async function inspectNodes(
  plan: Plan,
  nodes: readonly NodeHandle[],
  silent: Readonly<Record<string, string>>,
): Promise<FoundNode[]> {
  const members = nodes.map((node): Member => ({ node, peers: peersOf(plan, node, nodes) }));
  const looks = await Promise.all(
    members.map(async (member) => {
      const reason = silent[member.node.name];
      if (reason !== undefined) return { reason };
      const look = run(member.node, "look for causes", lookScript(plan, member), { seconds: lookSeconds });
      return await look.catch((error: unknown) => ({ reason: messageOf(error) }));
    }),
  );
  // Every node has counted before any sends, and every node has sent before any counts again.
  const answering = members.filter((_, index) => typeof looks[index] === "string");
  const onAll = (step: string, script: (member: Member) => ShellText): Promise<string[]> =>
    Promise.all(
      answering.map((member) => run(member.node, step, script(member), { seconds: lookSeconds }).catch(() => "")),
    );
  await onAll("send broadcasts", () => burstScript(plan));
  const counted = await onAll("count packets", ({ peers }) => counters(plan, peers));
  const counts = new Map(answering.map((member, index) => [member.node.name, counted[index] ?? ""]));
  return members.map((member, index) => {
    const look = looks[index];
    if (typeof look === "string")
      return foundNode(plan, member, sections(look), sections(counts.get(member.node.name) ?? ""));
    return {
      name: member.node.name,
      unreachable: look?.reason ?? "not looked at",
      bridges: {},
      patches: {},
      ends: {},
      traffic: {},
      routes: {},
      drops: [],
    };
  });
}

function peersOf({ nodes: planned }: Plan, node: NodeHandle, nodes: readonly NodeHandle[]): readonly NodeHandle[] {
  const centre = planned[0]?.name;
  return nodes.filter(({ name }) => name !== node.name && (node.name === centre || name === centre));
}

/** Opens each section of a script's output, followed by its name. */
const HEAD = "==> ";

function section(name: string, body: ShellText): ShellText {
  return lines(sh`echo ${HEAD + name}`, sh`{ ${body}\n} 2>/dev/null`, sh`echo`);
}

function sections(output: string): ReadonlyMap<string, string> {
  const parts = output.split(new RegExp(`^${HEAD}`, "m")).slice(1);
  return new Map(parts.map((part) => [part.slice(0, part.indexOf("\n")), part.slice(part.indexOf("\n") + 1).trim()]));
}

function lookScript(plan: Plan, { node, peers }: Member): ShellText {
  const ports = [...new Set(plan.overlays.map(({ port }) => port))];
  return lines(
    ...plan.overlays.flatMap((overlay) => {
      const driver = driverOf(overlay.driver);
      const names = [overlay.bridge, ...(overlay.patchTo === undefined ? [] : [overlay.patchTo])];
      return [
        ...names.flatMap((name) => [
          section(`bridge ${name}`, driver.findBridge(name)),
          section(`mac ${name}`, sh`cat /sys/class/net/${name}/address`),
        ]),
        ...(overlay.patchTo === undefined
          ? []
          : [section(`patch ${overlay.bridge}`, findPatchPorts(patchPorts(overlay)))]),
        ...peers.map(({ name, address }) =>
          section(`end ${overlay.bridge} ${name}`, driver.findTunnelEnd(overlay.bridge, address)),
        ),
      ];
    }),
    ...peers.map(({ name, address }) =>
      section(`route ${name}`, sh`ip -o route get ${address} from ${node.address} | head -n 1`),
    ),
    ...ports.map((port) =>
      section(
        `drops ${port}`,
        sh`{ nft list ruleset; iptables-save -c; ip6tables-save -c; } | grep -w ${port} | grep -iE 'drop|reject' | head -n ${shownRules}`,
      ),
    ),
    counters(plan, peers),
  );
}

/** A limited broadcast needs no address on the bridge, and is answered by nobody. */
function burstScript({ overlays }: Plan): ShellText {
  return lines(
    ...overlays.map(
      ({ bridge }) =>
        sh`ping -b -n -q -c ${BURST} -i ${burstInterval} -W ${lastAnswerSeconds} -I ${bridge} 255.255.255.255 >/dev/null 2>&1 &`,
    ),
    sh`wait`,
  );
}

/** Prints what went through each tunnel's end so far as `<sent> <received>`. */
function counters({ overlays }: Plan, peers: readonly NodeHandle[]): ShellText {
  return lines(
    // Open vSwitch credits a tunnel's packets only when it looks over its flows, twice a second or later.
    sh`ovs-appctl --timeout=5 revalidator/wait >/dev/null 2>&1`,
    ...overlays.flatMap(({ bridge, driver }) =>
      peers.map(({ name, address }) => {
        const port = driverOf(driver).endName(bridge, address);
        return section(
          `count ${bridge} ${name}`,
          sh`if [ -d /sys/class/net/${port}/statistics ]; then echo "$(cat /sys/class/net/${port}/statistics/tx_packets) $(cat /sys/class/net/${port}/statistics/rx_packets)"
else ovs-ofctl dump-ports ${bridge} "$(ovs-vsctl --timeout=5 get interface ${port} ofport)" | tr '\n' ' ' | sed -E 's/.*rx pkts=([0-9?]+).*tx pkts=([0-9?]+).*/\\2 \\1/'; fi`,
        );
      }),
    ),
  );
}

function foundNode(
  plan: Plan,
  { node, peers }: Member,
  look: ReadonlyMap<string, string>,
  count: ReadonlyMap<string, string>,
): FoundNode {
  const perPeer = <Value>(value: (peer: NodeHandle) => Value | undefined): Record<string, Value> =>
    Object.fromEntries(
      peers.flatMap((peer) => {
        const found = value(peer);
        return found === undefined ? [] : [[peer.name, found]];
      }),
    );
  return {
    name: node.name,
    bridges: Object.assign({}, ...plan.overlays.map((overlay) => foundBridges(overlay, look))),
    patches: Object.assign({}, ...plan.overlays.map((overlay) => foundPatch(overlay, look))),
    ends: Object.fromEntries(
      plan.overlays.map((overlay) => [
        overlay.bridge,
        perPeer(({ name }) => foundEnd(overlay, look.get(`end ${overlay.bridge} ${name}`) ?? "")),
      ]),
    ),
    traffic: Object.fromEntries(
      plan.overlays.map(({ bridge }) => [
        bridge,
        perPeer(({ name }) => trafficOf(look, count, `count ${bridge} ${name}`)),
      ]),
    ),
    routes: perPeer(({ name }) => routeOf(look.get(`route ${name}`) ?? "")),
    drops: plan.overlays.slice(0, 1).flatMap(({ port }) =>
      (look.get(`drops ${port}`) ?? "")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => line.trim()),
    ),
  };
}

function foundBridges(
  { driver, bridge, patchTo }: Overlay,
  look: ReadonlyMap<string, string>,
): Record<string, FoundBridge> {
  const names = [bridge, ...(patchTo === undefined ? [] : [patchTo])];
  return Object.fromEntries(
    names.flatMap((name) => {
      const found = driverOf(driver).parseBridge(look.get(`bridge ${name}`) ?? "");
      if (found === undefined) return [];
      const { mtu, up, addresses } = found;
      return [[name, { mtu, up, addresses, mac: look.get(`mac ${name}`) ?? "" }]];
    }),
  );
}

function foundEnd({ driver }: Overlay, text: string): FoundEnd | undefined {
  return driverOf(driver).parseTunnelEnd(text);
}

/** The kernel prints the kind of a route that leads nowhere first, and nothing for one that is not there. */
function routeOf(text: string): string {
  return /^(unreachable|blackhole|prohibit)\b/.test(text) ? "" : text;
}

function trafficOf(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  name: string,
): Traffic | undefined {
  const [first, last] = [before, after].map((counts) => (counts.get(name) ?? "").split(" ").map(Number));
  const [sentBefore = Number.NaN, receivedBefore = Number.NaN] = first ?? [];
  const [sentAfter = Number.NaN, receivedAfter = Number.NaN] = last ?? [];
  const traffic = { sent: sentAfter - sentBefore, received: receivedAfter - receivedBefore };
  return Number.isNaN(traffic.sent) || Number.isNaN(traffic.received) ? undefined : traffic;
}

/** The names that the patched layout gives the ports, as neutron's own jobs do. */
function patchPorts({ bridge, patchTo = "br-ex" }: Overlay): readonly PatchPort[] {
  const [one, other] = [`patch-${patchTo}`, `patch-${bridge}`];
  return [
    { bridge, name: one, peer: other },
    { bridge: patchTo, name: other, peer: one },
  ];
}

function foundPatch(overlay: Overlay, look: ReadonlyMap<string, string>): Record<string, string> {
  const { bridge, patchTo } = overlay;
  if (patchTo === undefined) return {};
  const found = parsePatchPorts(look.get(`patch ${bridge}`) ?? "");
  const faults = patchPorts(overlay).flatMap(({ bridge: on, name, peer }) => {
    const port = found.find((other) => other.name === name);
    if (port === undefined) return [`patch port ${name} of ${on} is not there`];
    return port.peer === peer
      ? []
      : [`patch port ${name} of ${on} is joined to ${port.peer || "nothing"}, planned is ${peer}`];
  });
  return faults.length === 0 ? {} : { [bridge]: faults.join("; ") };
}
