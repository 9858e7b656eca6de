/** Differences between what was found on the nodes and the plan, each a possible cause of failed checks. */
import { parseAddress, rangeOf } from "../addresses.ts";
import type { Overlay, Plan, PlannedTunnel } from "../plan.ts";
import type { Cause } from "./cause.ts";
import type { FoundNode } from "./state.ts";

/** What nodes are compared with. */
export interface Wanted {
  readonly plan: Plan;
  /** Node name → underlay address. */
  readonly underlay: Readonly<Record<string, string>>;
}

/** Every difference that can make checks fail; none for nodes that are as planned. */
export function differences(wanted: Wanted, found: readonly FoundNode[]): readonly Cause[] {
  const reachable = found.filter(({ unreachable }) => unreachable === undefined);
  return [
    ...found.flatMap(({ name, unreachable }) =>
      unreachable === undefined ? [] : [cause([name], `the node cannot be reached: ${unreachable}`)],
    ),
    ...wanted.plan.overlays.flatMap((overlay) => [
      ...reachable.flatMap((node) => bridgeDifferences(overlay, node)),
      ...addressDifferences(overlay, reachable),
      ...sharedMacs(overlay, reachable),
    ]),
    ...linkDifferences(wanted, found),
  ];
}

/** Those of them that make a tunnel lose everything: routes on the underlay, and the tunnels' ends. */
export function linkDifferences(wanted: Wanted, found: readonly FoundNode[]): readonly Cause[] {
  const reachable = found.filter(({ unreachable }) => unreachable === undefined);
  return [
    ...routeDifferences(wanted, reachable),
    ...wanted.plan.overlays.flatMap((overlay) =>
      overlay.tunnels.flatMap((tunnel) => tunnelDifferences(wanted, overlay, tunnel, reachable)),
    ),
  ];
}

/** Whether text names the same IP address. */
function isSameAddress(a: string, b: string): boolean {
  const [one, other] = [parseAddress(a), parseAddress(b)];
  return one !== undefined && other !== undefined && one.family === other.family && one.value === other.value;
}

function cause(nodes: readonly string[], text: string): Cause {
  return { nodes, text, explains: true };
}

function routeDifferences({ underlay }: Wanted, nodes: readonly FoundNode[]): readonly Cause[] {
  return nodes.flatMap(({ name, routes }) =>
    Object.entries(routes).flatMap(([peer, route]) =>
      route === ""
        ? [cause([name, peer], `${name} has no route to ${peer}'s underlay address ${underlay[peer] ?? ""}`)]
        : [],
    ),
  );
}

function bridgeDifferences({ bridge, mtu, patchTo }: Overlay, node: FoundNode): readonly Cause[] {
  const wanted = [bridge, ...(patchTo === undefined ? [] : [patchTo])];
  const patch = node.patches[bridge];
  return [
    ...wanted.flatMap((name) => {
      const found = node.bridges[name];
      if (found === undefined) return [cause([node.name], `bridge ${name} is not there`)];
      return [
        ...(found.up ? [] : [cause([node.name], `bridge ${name} is down`)]),
        ...(found.mtu === mtu
          ? []
          : [
              cause(
                [node.name],
                `bridge ${name} has an MTU of ${found.mtu}, too ${found.mtu > mtu ? "big" : "small"}: the overlay's is ${mtu}`,
              ),
            ]),
      ];
    }),
    ...(patch === undefined ? [] : [cause([node.name], patch)]),
  ];
}

/** Addresses that are not where they belong; with the node that has one instead, if there is one. */
function addressDifferences({ bridge, addresses }: Overlay, nodes: readonly FoundNode[]): readonly Cause[] {
  const bare = (address: string): string => address.split("/")[0] ?? "";
  return Object.entries(addresses).flatMap(([owner, address]) => {
    const holders = nodes.filter((node) =>
      Object.values(node.bridges).some((found) => found.addresses.some((held) => bare(held) === bare(address))),
    );
    const own = nodes.find(({ name }) => name === owner);
    if (own === undefined) return [];
    const strangers = holders.map(({ name }) => name).filter((name) => name !== owner);
    const isHeld = own.bridges[bridge]?.addresses.some((held) => bare(held) === bare(address)) ?? false;
    const prefix = own.bridges[bridge]?.addresses.find((held) => bare(held) === bare(address));
    if (isHeld && strangers.length === 0) {
      if (prefix === undefined || rangeOf(prefix).prefixLength === rangeOf(address).prefixLength) return [];
      return [cause([owner], `${bridge} has the address ${prefix}, planned is ${address}`)];
    }
    if (isHeld)
      return [
        cause([owner, ...strangers], `address ${address} of ${owner}'s ${bridge} is on ${strangers.join(", ")} too`),
      ];
    if (strangers.length > 0) {
      return [
        cause([owner, ...strangers], `address ${address} of ${owner}'s ${bridge} has moved to ${strangers.join(", ")}`),
      ];
    }
    return own.bridges[bridge] === undefined ? [] : [cause([owner], `${bridge} lacks its address ${address}`)];
  });
}

function sharedMacs({ bridge }: Overlay, nodes: readonly FoundNode[]): readonly Cause[] {
  const macs = nodes.flatMap(({ name, bridges }) => {
    const mac = bridges[bridge]?.mac;
    return mac === undefined || mac === "" ? [] : [{ name, mac }];
  });
  const shared = [...new Set(macs.map(({ mac }) => mac))].map((mac) => ({
    mac,
    names: macs.filter((other) => other.mac === mac).map(({ name }) => name),
  }));
  return shared
    .filter(({ names }) => names.length > 1)
    .map(({ mac, names }) =>
      cause(names, `the MAC address ${mac} of ${bridge} is duplicated: ${names.join(" and ")} have it`),
    );
}

function tunnelDifferences(
  { underlay }: Wanted,
  { bridge, port }: Overlay,
  { between, vni }: PlannedTunnel,
  nodes: readonly FoundNode[],
): readonly Cause[] {
  const [one, other] = between;
  return [[one, other] as const, [other, one] as const].flatMap(([name, peer]) => {
    const node = nodes.find((found) => found.name === name);
    // Without the bridge there is no end of a tunnel either: that says enough.
    if (node === undefined || node.bridges[bridge] === undefined) return [];
    const end = node.ends[bridge]?.[peer];
    const where = `the end on ${name} of ${bridge}'s tunnel to ${peer}`;
    if (end === undefined) return [cause([name, peer], `${where} is not there: its port was deleted`)];
    if (end.fault !== "") return [cause([name, peer], `${where} does not work: ${end.fault}`)];
    const remote = underlay[peer] ?? "";
    return [
      ...(end.vni === vni ? [] : [cause([name, peer], `${where} has the wrong VNI: ${end.vni}, planned is ${vni}`)]),
      ...(end.port === port
        ? []
        : [cause([name, peer], `${where} uses the wrong UDP port: ${end.port}, planned is ${port}`)]),
      ...(isSameAddress(end.remote, remote)
        ? []
        : [cause([name, peer], `${where} has the wrong remote: ${end.remote || "none"}, planned is ${remote}`)]),
    ];
  });
}
