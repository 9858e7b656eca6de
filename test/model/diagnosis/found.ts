/** Nodes that are as planned, for tests that then break one thing. */
import type { FoundNode } from "../../../model/diagnosis/state.ts";
import { hopsBetween } from "../../../model/diagnosis/trace.ts";
import type { Plan } from "../../../model/plan.ts";

/** Underlay addresses of the nodes of a plan. */
export function underlayOf(plan: Plan): Record<string, string> {
  return Object.fromEntries(plan.nodes.map(({ name, number }) => [name, `10.20.0.${10 + 8 * number}`]));
}

/** What a look at healthy nodes finds. */
export function healthy(plan: Plan): FoundNode[] {
  const underlay = underlayOf(plan);
  return plan.nodes.map(({ name, number }) => {
    const peersOn = (overlay: Plan["overlays"][number]) =>
      plan.nodes
        .map((other) => other.name)
        .filter((other) => other !== name && hopsBetween(overlay, name, other).length === 1);
    const perOverlay = <Value>(value: (overlay: Plan["overlays"][number], peer: string) => Value) =>
      Object.fromEntries(
        plan.overlays.map((overlay) => [
          overlay.bridge,
          Object.fromEntries(peersOn(overlay).map((peer) => [peer, value(overlay, peer)])),
        ]),
      );
    return {
      name,
      bridges: Object.fromEntries(
        plan.overlays.flatMap(({ bridge, patchTo, mtu, addresses }, index) => [
          [
            bridge,
            {
              mtu,
              up: true,
              addresses: addresses[name] === undefined ? [] : [addresses[name]],
              mac: `02:00:00:00:0${index}:0${number}`,
            },
          ],
          ...(patchTo === undefined
            ? []
            : [[patchTo, { mtu, up: true, addresses: [], mac: `02:00:00:01:0${index}:0${number}` }] as const]),
        ]),
      ),
      patches: {},
      ends: perOverlay(({ tunnels, port }, peer) => ({
        remote: underlay[peer] ?? "",
        vni: tunnels.find(({ between }) => between.includes(name) && between.includes(peer))?.vni ?? 0,
        port,
        fault: "",
      })),
      traffic: perOverlay(() => ({ sent: 60, received: 60 })),
      routes: Object.fromEntries(
        plan.nodes
          .filter((other) => other.name !== name)
          .map((other) => [other.name, `${underlay[other.name]} via 10.20.0.9 dev eth0`]),
      ),
      drops: [],
    };
  });
}

/** The nodes with one of them changed. */
export function changed(
  nodes: readonly FoundNode[],
  name: string,
  change: (node: FoundNode) => Partial<FoundNode>,
): FoundNode[] {
  return nodes.map((node) => (node.name === name ? { ...node, ...change(node) } : node));
}
