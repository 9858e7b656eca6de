/** Follows packets along the tunnels of an overlay by what was counted at their ends. */
import type { Overlay } from "../plan.ts";
import type { FoundNode } from "./state.ts";

/** Broadcasts that each node sends on each overlay while packets are counted. */
export const BURST = 30;

/** What must at least be counted for a burst to have been seen; stray packets stay below it. */
const SEEN = BURST / 2;

/**
 * The share of what was put into a tunnel that has to come out for the tunnel to count as working: Open vSwitch counts
 * what goes into a tunnel of the userspace datapath twice.
 */
const ARRIVING_SHARE = 1 / 4;

/** What has to be known of an overlay. */
type Way = Pick<Overlay, "bridge" | "tunnels">;

/** What has to be known of a node. */
export type Counted = Pick<FoundNode, "name" | "bridges" | "traffic">;

/** A way through one tunnel. */
export interface Hop {
  readonly from: string;
  readonly to: string;
}

/** The tunnels from one node to another: one, or two with the star's centre between them; none where they share none. */
export function hopsBetween({ tunnels }: Pick<Overlay, "tunnels">, from: string, to: string): readonly Hop[] {
  const joins = (a: string, b: string): boolean =>
    tunnels.some(({ between }) => between.includes(a) && between.includes(b));
  if (joins(from, to)) return [{ from, to }];
  const centre = tunnels.map(({ between: [first] }) => first).find((name) => joins(from, name) && joins(name, to));
  return centre === undefined
    ? []
    : [
        { from, to: centre },
        { from: centre, to },
      ];
}

/** Whether what a node sent into a tunnel did not come out at the other end; undefined where it was not counted. */
export function isLost(bridge: string, { from, to }: Hop, found: readonly Counted[]): boolean | undefined {
  const { sent, received } = counted(bridge, { from, to }, found);
  if (sent === undefined || received === undefined) return undefined;
  return sent >= SEEN && received < sent * ARRIVING_SHARE;
}

/** Packets counted at the two ends of a hop. */
export function counted(
  bridge: string,
  { from, to }: Hop,
  found: readonly Counted[],
): { readonly sent: number | undefined; readonly received: number | undefined } {
  const traffic = (name: string, peer: string) => found.find((node) => node.name === name)?.traffic[bridge]?.[peer];
  return { sent: traffic(from, to)?.sent, received: traffic(to, from)?.received };
}

/** Where on its way from node to node a frame was last seen, in words. */
export function lastSeen(overlay: Way, from: string, to: string, found: readonly Counted[]): string {
  const { bridge } = overlay;
  if (!isUp(bridge, from, found)) return `node ${from}, before its bridge ${bridge}`;
  return lossOn(bridge, hopsBetween(overlay, from, to), found) ?? `bridge ${bridge} of ${to}`;
}

/** The same for what goes from one end to another of the same node. */
export function lastSeenWithin(bridge: string, node: string, found: readonly Counted[]): string {
  return isUp(bridge, node, found)
    ? `node ${node} itself, at its bridge ${bridge}`
    : `node ${node}, before its bridge ${bridge}`;
}

/**
 * The same for what goes over the underlay, where nothing is counted but what tunnels carry: those of any overlay show how far
 * packets come.
 */
export function lastSeenOnUnderlay(
  overlays: readonly Way[],
  from: string,
  to: string,
  found: readonly FoundNode[],
): string {
  const route = found.find(({ name }) => name === from)?.routes[to];
  if (route === "") return `node ${from}, which has no route to ${to}`;
  const arrives = overlays.some(({ bridge }) => (counted(bridge, { from, to }, found).received ?? 0) >= SEEN);
  if (arrives) return `node ${to}, which receives what ${from} sends through their tunnel`;
  const [, leaving] = /\bdev (\S+)/.exec(route ?? "") ?? [];
  return leaving === undefined ? `node ${from}, on its way out` : `interface ${leaving} of ${from}, on its way out`;
}

function isUp(bridge: string, node: string, found: readonly Counted[]): boolean {
  return found.find(({ name }) => name === node)?.bridges[bridge]?.up === true;
}

/** The first place on a way through tunnels where packets get lost, in words; undefined where they do not. */
export function lossOn(bridge: string, hops: readonly Hop[], found: readonly Counted[]): string | undefined {
  for (const hop of hops) {
    const { sent, received } = counted(bridge, hop, found);
    if (sent === undefined || sent < SEEN) return `bridge ${bridge} of ${hop.from}, before the tunnel to ${hop.to}`;
    if (received === undefined || received < sent * ARRIVING_SHARE) {
      return `the tunnel from ${hop.from} to ${hop.to}: ${sent} packets went in, ${received ?? 0} came out`;
    }
  }
  return undefined;
}
