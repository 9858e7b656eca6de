/** Figures of a whole stack on hosts that are there already. Nothing is promised of them: they are only shown. Pure. */
import { drawTable } from "../tools/support/table.ts";
import { median } from "./median.ts";

/** Seconds of one round; all of it within the same minute, so that load spoils all alike. */
export interface StackRound {
  /** `up`: pre-flight, preparation, overlays and local.conf. */
  readonly up: number;
  readonly destroy: number;
  /** `up` of as many resources that do nothing. */
  readonly noopUp: number;
  /** One SSH connection and one batched transaction per node, for the overlays alone. */
  readonly floor: number;
}

/** All rounds on one number of nodes. */
export interface StackSeries {
  /** Dynamic resources of the stack; the no-op program has as many. */
  readonly resources: number;
  readonly rounds: readonly StackRound[];
}

/** Medians of a series, and of the ratio of each round: `up` against (no-op `up` + floor). */
export interface StackMedians extends StackRound {
  readonly nodes: number;
  readonly resources: number;
  readonly upToNoop: number;
}

/** What the rounds on this many nodes come to. */
export function stackMedians(nodes: number, { resources, rounds }: StackSeries): StackMedians {
  const of = (value: (round: StackRound) => number): number => median(rounds.map(value));
  return {
    nodes,
    resources,
    up: of(({ up }) => up),
    destroy: of(({ destroy }) => destroy),
    noopUp: of(({ noopUp }) => noopUp),
    floor: of(({ floor }) => floor),
    upToNoop: of(({ up, noopUp, floor }) => up / (noopUp + floor)),
  };
}

/** The table of them. */
export function stackText(stacks: readonly StackMedians[]): string[] {
  const header = ["N", "resources", "up", "destroy", "no-op up", "floor", "up / (no-op up + floor)"];
  const rows = stacks.map(({ nodes, resources, up, destroy, noopUp, floor, upToNoop }) => [
    String(nodes),
    String(resources),
    ...[up, destroy, noopUp, floor].map((value) => value.toFixed(2)),
    `${upToNoop.toFixed(2)} x`,
  ]);
  return [
    "",
    "A whole stack on the same nodes as existing hosts: pre-flight, preparation, overlays, local.conf; seconds, no bounds",
    drawTable([header, ...rows]),
  ];
}
