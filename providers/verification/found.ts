/** Reads what a node said of itself when it was looked at. */
import type { FoundBridge, FoundEnd, FoundNode, Traffic } from "../../model/diagnosis/state.ts";
import type { Overlay, Plan } from "../../model/plan.ts";
import { driverOf } from "../drivers/index.ts";
import { parsePatchPorts } from "../drivers/patch-ports.ts";
import type { NodeHandle } from "../remote/node-handle.ts";
import { type Member, patchPorts } from "./look.ts";

/**
 * A node that answered.
 *
 * @param look sections of `lookScript`
 * @param count sections of `counters`, after the burst
 */
export function foundNode(
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

/** What went through the end of a tunnel between two counts, each the sections of `counters`. */
export function trafficOf(
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

/** A node that could not be looked at, and why. */
export function unreachableNode(name: string, reason: string): FoundNode {
  return { name, unreachable: reason, bridges: {}, patches: {}, ends: {}, traffic: {}, routes: {}, drops: [] };
}
