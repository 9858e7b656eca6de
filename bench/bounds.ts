/** What the benchmark holds its figures against: the project's own promises of speed, on an idle machine. */

/** From this many nodes on, the bounds of larger environments hold. */
const LARGE_FROM = 10;

/** Bounds that depend on the number of nodes, as ratios to yardsticks of the same run. */
export interface RatioBounds {
  /** `up` of the overlays against (`up` of as many no-op resources + floor). */
  readonly upToNoop: number;
  /** `up` of the overlays against (`up` of an empty program + floor). */
  readonly upToEmpty: number;
  /** `preview` of the unchanged overlays against the same of as many no-op resources. */
  readonly preview: number;
}

const small: RatioBounds = { upToNoop: 1.5, upToEmpty: 3.5, preview: 1.3 };
const large: RatioBounds = { upToNoop: 1.25, upToEmpty: 2.5, preview: 1.3 };

/** The bounds for this many nodes. */
export function ratioBounds(nodes: number): RatioBounds {
  return nodes < LARGE_FROM ? small : large;
}

/** Seconds that whole commands may take, the toolchain being in place. */
export const secondsBounds = {
  /** `npm start` of three lab nodes, from nothing to verified. */
  start: 20,
  /** `npm run destroy` of the same. */
  destroy: 8,
  /** The pure plan of an environment of `PLANNED_NODES`. */
  plan: 0.5,
} as const;

/** Nodes of the environment that is only planned. */
export const PLANNED_NODES = 500;
