/** What is proven of a deployed stack between its nodes, and how the results are shown. */
import type { Family } from "./addresses.ts";
import { vxlanOverhead } from "./mtu.ts";
import { nodeName, PRIMARY_NUMBER } from "./nodes.ts";
import type { Overlay, Plan } from "./plan.ts";

/** What a check is about: nodes over the underlay, nodes over an overlay, or the largest packets of either. */
export type CheckKind = "underlay" | "overlay" | "mtu";

/** One ping from a node to another. */
export interface Check {
  readonly kind: CheckKind;
  /** Name of the node that sends. */
  readonly from: string;
  /** Name of the node that answers. */
  readonly to: string;
  /** Address that is pinged. */
  readonly address: string;
  /** Bridge of the overlay it goes over; absent on the underlay. */
  readonly bridge?: string;
  /** ICMP payload in bytes, as `ping -s` takes it. */
  readonly size: number;
  /** Whether the packet may not be fragmented on its way, as with `ping -M do`. */
  readonly dontFragment: boolean;
}

/** What came of a check. */
export interface CheckResult {
  /** A `CheckKind`, or a kind of proof that is made elsewhere. */
  readonly kind: string;
  readonly from: string;
  readonly to: string;
  readonly held: boolean;
  /** Whether it failed by silence: nothing answered in time, and nothing said why. Absent otherwise. */
  readonly silent?: true;
  /** Whether this is what came of asking a second time, when the checks of all nodes were over. Absent otherwise. */
  readonly askedAgain?: true;
  /** What was tried, and what happened. */
  readonly detail: string;
  /** Bridge of the overlay it went over; absent where it went over none, or over several. */
  readonly over?: string;
  /** How long it took: the round trip of a ping that was answered, else from the question until the outcome was known. */
  readonly milliseconds: number;
}

/** Payload of a small ping in bytes: the usual one of `ping`. */
const SMALL_PAYLOAD = 56;

/** Bytes around the payload of an echo request: ICMP header 8 (RFC 792, RFC 4443), IP header 20 or 40. */
export const echoHeaders = { IPv4: 28, IPv6: 48 } as const satisfies Record<Family, number>;

/** Stacks of up to this many nodes are shown as a matrix; a wider one would not fit a terminal. */
const MATRIX_NODES = 8;

/**
 * The checks of a stack: every ordered pair of nodes over the underlay, and over each overlay with addresses small and at
 * exactly its MTU; besides, the outer packets of full overlay packets along each tunnel's path, so that a
 * failure shows whether underlay or overlay is to blame.
 * @param underlayAddresses Node name → underlay address.
 * @param family IP version of the underlay.
 */
export function planChecks(
  plan: Plan,
  underlayAddresses: Readonly<Record<string, string>>,
  family: Family,
): readonly Check[] {
  const names = plan.nodes.map(({ name }) => name);
  const pairs = names.flatMap((from) => names.filter((to) => to !== from).map((to) => ({ from, to })));
  const outerSize = plan.overlayMtu + vxlanOverhead[family] - echoHeaders[family];
  return pairs.flatMap(({ from, to }): readonly Check[] => {
    const address = underlayAddresses[to];
    if (address === undefined) {
      return [];
    }
    const underlay = { from, to, address };
    const onTunnelPath = [from, to].includes(nodeName(PRIMARY_NUMBER));
    return [
      { kind: "underlay", ...underlay, size: SMALL_PAYLOAD, dontFragment: false },
      ...(onTunnelPath ? [{ kind: "mtu", ...underlay, size: outerSize, dontFragment: true } as const] : []),
      ...plan.overlays.flatMap((overlay) => overlayChecks(overlay, from, to)),
    ];
  });
}

/** The two pings of a pair over an overlay; overlays carry IPv4. None when it has no addresses. */
function overlayChecks({ bridge, mtu, addresses }: Overlay, from: string, to: string): readonly Check[] {
  const address = addresses[to]?.split("/")[0];
  if (address === undefined) {
    return [];
  }
  const ping = { from, to, address, bridge };
  return [
    { kind: "overlay", ...ping, size: SMALL_PAYLOAD, dontFragment: false },
    { kind: "mtu", ...ping, size: mtu - echoHeaders.IPv4, dontFragment: true },
  ];
}

/**
 * The results as a short text for a terminal: who reaches whom where that fits, and a count for each kind.
 * Ends without a line break.
 */
export function renderChecks(results: readonly CheckResult[]): string {
  const names = [...new Set(results.flatMap(({ from, to }) => [nodeOf(from), nodeOf(to)]))];
  const matrix = names.length === 0 || names.length > MATRIX_NODES ? [] : [...matrixLines(results, names), ""];
  return [...matrix, countLine(results)].join("\n");
}

/** The failed checks, one line each; empty when all held. */
export function renderFailures(results: readonly CheckResult[]): string {
  const rows = results
    .filter(({ held }) => !held)
    .map(({ from, to, kind, detail }) => [`${from} -> ${to}`, kind, detail]);
  return aligned(rows).join("\n");
}

/** The node that one end of a check is on: the end itself, or where its guest `<node>/<letter>` is. */
export function nodeOf(end: string): string {
  return end.split("/")[0] ?? end;
}

/** From each node in a row to each in a column, guests counted with their nodes: `ok`, or the kinds that failed. */
function matrixLines(results: readonly CheckResult[], names: readonly string[]): readonly string[] {
  const cell = (from: string, to: string): string => {
    const between = results.filter((result) => nodeOf(result.from) === from && nodeOf(result.to) === to);
    const failed = [...new Set(between.filter(({ held }) => !held).map(({ kind }) => kind))];
    return between.length === 0 ? "." : failed.length === 0 ? "ok" : `FAILED ${failed.join("+")}`;
  };
  return aligned([["from \\ to", ...names], ...names.map((from) => [from, ...names.map((to) => cell(from, to))])]);
}

/** For instance `18 checks: 17 held, 1 failed (underlay 6/6, overlay 6/6, mtu 5/6)`. */
function countLine(results: readonly CheckResult[]): string {
  const kinds = [...new Set(results.map(({ kind }) => kind))].map((kind) => {
    const ofKind = results.filter((result) => result.kind === kind);
    return `${kind} ${ofKind.filter(({ held }) => held).length}/${ofKind.length}`;
  });
  const held = results.filter((result) => result.held).length;
  const late = results.filter((result) => result.held && result.askedAgain).length;
  const outcome = held === results.length ? "all held" : `${held} held, ${results.length - held} failed`;
  const second = late === 0 ? "" : `, ${late} only when asked again`;
  const counted = results.length === 1 ? "1 check" : `${results.length} checks`;
  return results.length === 0 ? "no checks" : `${counted}: ${outcome}${second} (${kinds.join(", ")})`;
}

/** Rows of cells with their columns below each other. */
function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const width = (column: number): number => rows.reduce((most, row) => Math.max(most, row[column]?.length ?? 0), 0);
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(width(column)))
      .join("  ")
      .trimEnd(),
  );
}
