/** Follows broadcasts along the tunnels of an overlay by what was counted at their ends. */
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

/** A way through one tunnel. */
export interface Hop {
  readonly from: string;
  readonly to: string;
}

/** The tunnels from one node to another: one, or two with the star's centre between them; none where they share none. */
export function hopsBetween({ tunnels }: Overlay, from: string, to: string): readonly Hop[] {
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
export function isLost(bridge: string, { from, to }: Hop, found: readonly FoundNode[]): boolean | undefined {
  const { sent, received } = counted(bridge, { from, to }, found);
  if (sent === undefined || received === undefined) return undefined;
  return sent >= SEEN && received < sent * ARRIVING_SHARE;
}

/** Packets counted at the two ends of a hop. */
export function counted(
  bridge: string,
  { from, to }: Hop,
  found: readonly FoundNode[],
): { readonly sent: number | undefined; readonly received: number | undefined } {
  const traffic = (name: string, peer: string) => found.find((node) => node.name === name)?.traffic[bridge]?.[peer];
  return { sent: traffic(from, to)?.sent, received: traffic(to, from)?.received };
}

/** Where on its way from node to node a frame was last seen, in words. */
export function lastSeen(overlay: Overlay, from: string, to: string, found: readonly FoundNode[]): string {
  const { bridge } = overlay;
  if (found.find(({ name }) => name === from)?.bridges[bridge]?.up !== true)
    return `node ${from}, before its bridge ${bridge}`;
  for (const hop of hopsBetween(overlay, from, to)) {
    const { sent, received } = counted(bridge, hop, found);
    if (sent === undefined || sent < SEEN) return `bridge ${bridge} of ${hop.from}, before the tunnel to ${hop.to}`;
    if (received === undefined || received < sent * ARRIVING_SHARE) {
      return `the tunnel from ${hop.from} to ${hop.to}: ${sent} broadcasts went in, ${received ?? 0} came out`;
    }
  }
  return `bridge ${bridge} of ${to}`;
}
