/** Why checks failed, from what was found on the nodes: causes in words, and where packets were last seen. */
import type { Overlay, Plan } from "../plan.ts";
import { type CheckResult, nodeOf } from "../verification.ts";
import type { Cause } from "./cause.ts";
import { differences, linkDifferences, type Wanted } from "./compare.ts";
import type { FoundNode } from "./state.ts";
import { counted, hopsBetween, isLost, lastSeen, lastSeenOnUnderlay, lastSeenWithin } from "./trace.ts";

/** What is said of failed checks. */
export interface Explanation {
  /** At least one: a failure that nothing explains is said to be that. */
  readonly causes: readonly Cause[];
  /** The failed checks, with the place where their packets were last seen. */
  readonly failed: readonly CheckResult[];
}

/** Explains failed checks by the state of the nodes and what was counted on them. */
export function explain(wanted: Wanted, found: readonly FoundNode[], failed: readonly CheckResult[]): Explanation {
  const { plan } = wanted;
  const known = differences(wanted, found);
  const underlay = underlayLosses(failed, found, known);
  const dropped = plan.overlays.flatMap((overlay) =>
    tunnelLosses(overlay, found, [...linkDifferences(wanted, found), ...underlay]),
  );
  const causes = [...known, ...underlay, ...dropped];
  const unexplained = unexplainedPairs(plan, causes, failed);
  return {
    causes: [...causes, ...unexplained.map((pair) => evidence(plan, pair, found, failed))],
    failed: failed.map((result) => withLastSeen(plan, result, found)),
  };
}

/** Pairs of nodes that reach each other's underlay address by a route, but not by packets. */
function underlayLosses(
  failed: readonly CheckResult[],
  found: readonly FoundNode[],
  known: readonly Cause[],
): readonly Cause[] {
  const isReachable = (name: string): boolean =>
    found.some((node) => node.name === name && node.unreachable === undefined);
  const pairs = failed
    .filter(({ kind, from, to }) => kind === "underlay" && from !== to && isReachable(from) && isReachable(to))
    .filter(({ from, to }) => !known.some(({ nodes }) => nodes.includes(from) && nodes.includes(to)));
  return distinctPairs(pairs.map(({ from, to }) => [from, to] as const)).map(([a, b]) => ({
    nodes: [a, b],
    text: `the underlay loses packets between ${a} and ${b}, though both have routes: a firewall, a security group or the network itself`,
    explains: true,
  }));
}

/** Tunnels that are as planned at both ends and still lose what is put into them. */
function tunnelLosses(overlay: Overlay, found: readonly FoundNode[], known: readonly Cause[]): readonly Cause[] {
  const { bridge, port } = overlay;
  return overlay.tunnels.flatMap(({ between: [one, other] }): readonly Cause[] => {
    const isExplained = known.some(({ nodes }) => nodes.every((name) => name === one || name === other));
    const lost = [
      { from: one, to: other },
      { from: other, to: one },
    ].filter((hop) => isLost(bridge, hop, found) === true);
    if (isExplained || lost.length === 0) return [];
    const counts = lost.map((hop) => {
      const { sent, received } = counted(bridge, hop, found);
      return `${hop.from} sent ${sent}, ${hop.to} received ${received}`;
    });
    const rules = found
      .filter(({ name }) => name === one || name === other)
      .flatMap(({ name, drops }) => drops.map((rule) => `on ${name}: ${rule}`));
    const firewall = rules.length === 0 ? "" : `; the nodes' own rules about that port: ${rules.join("; ")}`;
    return [
      {
        nodes: [one, other],
        text: `VXLAN (UDP port ${port}) of ${bridge} is dropped on the way, though both ends are as planned: ${counts.join(", ")}${firewall}`,
        explains: true,
      },
    ];
  });
}

/** Pairs of nodes with a failed check on whose way no cause lies. */
function unexplainedPairs(
  plan: Plan,
  causes: readonly Cause[],
  failed: readonly CheckResult[],
): readonly (readonly [string, string])[] {
  const pairs = distinctPairs(failed.map(({ from, to }) => [nodeOf(from), nodeOf(to)] as const));
  const [primary] = plan.nodes;
  return pairs.filter(([a, b]) => {
    // Every way may lead over the primary, and what is wrong with an address or a MAC there or here disturbs more than one pair.
    const way = [a, b, primary?.name ?? ""];
    return !causes.some(({ nodes }) => nodes.some((name) => way.includes(name)));
  });
}

/** What is known of a pair whose failure nothing explains. */
function evidence(
  { overlays }: Plan,
  [a, b]: readonly [string, string],
  found: readonly FoundNode[],
  failed: readonly CheckResult[],
): Cause {
  const between = failed.filter(({ from, to }) => [a, b].includes(nodeOf(from)) && [a, b].includes(nodeOf(to)));
  const kinds = [...new Set(between.map(({ kind }) => kind))].join(", ");
  const counts = overlays.flatMap((overlay) =>
    hopsBetween(overlay, a, b).map((hop) => {
      const { sent = "?", received = "?" } = counted(overlay.bridge, hop, found);
      return `${overlay.bridge} ${hop.from} to ${hop.to}: ${sent} sent, ${received} received`;
    }),
  );
  const [example] = between;
  const seen = counts.length === 0 ? "" : `; broadcasts counted: ${counts.join("; ")}`;
  return {
    nodes: a === b ? [a] : [a, b],
    text: `cannot be explained: checks of kind ${kinds} fail, while bridges, addresses, routes and tunnel ends are as planned${seen}; for instance ${example?.from} to ${example?.to}: ${example?.detail}`,
    explains: false,
  };
}

function withLastSeen(plan: Plan, result: CheckResult, found: readonly FoundNode[]): CheckResult {
  const place = placeOf(plan, result, found);
  return place === undefined ? result : { ...result, detail: `${result.detail}; last seen at ${place}` };
}

/** Undefined where no packet had to arrive, and on networks that were there for the check only: they are looked at then. */
function placeOf({ overlays }: Plan, result: CheckResult, found: readonly FoundNode[]): string | undefined {
  // A check of a node by itself sends nothing, and what must not arrive has no way.
  if (result.from === result.to || result.kind === "isolation") return undefined;
  const [from, to] = [nodeOf(result.from), nodeOf(result.to)];
  const overlay = overlays.find(({ bridge }) => bridge === result.over);
  if (overlay === undefined && result.over !== undefined) return undefined;
  if (from === to)
    return overlay === undefined ? `the guests' switch of ${from}` : lastSeenWithin(overlay.bridge, from, found);
  return overlay === undefined ? lastSeenOnUnderlay(overlays, from, to, found) : lastSeen(overlay, from, to, found);
}

/** Each unordered pair once. */
function distinctPairs(pairs: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] {
  const seen = new Set<string>();
  return pairs.filter((pair) => {
    const key = pair.toSorted().join(" ");
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
