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

/** Seconds that a verification with guests may take, by number of nodes; nothing is promised for other numbers. */
export const verificationSeconds: Readonly<Record<number, number>> = { 3: 5, 10: 15 };

/** Bounds against Ansible on the same nodes in the same round, the committed playbook of `ansible/`. */
export interface AnsibleBounds {
  /** `up` of the overlays against a first run of the playbook. */
  readonly up: number;
  /** A second `up` against a second run; absent where nothing is promised. */
  readonly upAgain?: number;
  /**
   * Seconds of a first run on an idle machine, over which the playbook would be a straw man: 1.3 times what the roles that
   * gates used before took in their leanest form (8.2, 25 and 60 s at 3, 10 and 25 nodes); absent for other numbers.
   */
  readonly playbookSeconds?: number;
}

/** From this many nodes on, a star's centre has so many tunnels that Ansible's loops decide. */
const VERY_LARGE_FROM = 25;

/** Seconds of the predecessors' leanest form by number of nodes, and what a fair playbook may take of it. */
const leanestSeconds: Readonly<Record<number, number>> = { 3: 8.2, 10: 25, 25: 60 };
const FAIR = 1.3;

/** The bounds against Ansible for this many nodes. */
export function ansibleBounds(nodes: number): AnsibleBounds {
  const leanest = leanestSeconds[nodes];
  return {
    up: nodes < LARGE_FROM ? 1 / 2 : nodes < VERY_LARGE_FROM ? 1 / 5 : 1 / 8,
    ...(nodes < LARGE_FROM ? {} : { upAgain: 1 / 5 }),
    ...(leanest === undefined ? {} : { playbookSeconds: leanest * FAIR }),
  };
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
