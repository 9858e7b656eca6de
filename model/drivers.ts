/** The bridge drivers a stack can choose, as names and facts; what they do on a node is in `providers/drivers`. */

/** Facts about a driver that planning needs. */
export interface DriverFacts {
  /** True when a node needs Open vSwitch installed and running for it. */
  readonly needsOpenVswitch: boolean;
}

/** Every bridge driver by its name in the configuration. */
export const drivers = {
  openvswitch: { needsOpenVswitch: true },
  linux: { needsOpenVswitch: false },
} as const satisfies Record<string, DriverFacts>;

export type DriverName = keyof typeof drivers;
