/** Every job flavor by its name in the configuration. A new one is a file beside this and a line here. */
import type { Flavor } from "./flavor.ts";
import { ironic } from "./ironic.ts";
import { neutron } from "./neutron.ts";
import { neutronDvr } from "./neutron-dvr.ts";
import { neutronDvrHa } from "./neutron-dvr-ha.ts";
import { neutronOvn } from "./neutron-ovn.ts";
import { novaNetwork } from "./nova-network.ts";

/** The flavors, in the order tables show them. */
export const flavors = {
  "nova-network": novaNetwork,
  neutron,
  "neutron-dvr": neutronDvr,
  "neutron-dvr-ha": neutronDvrHa,
  "neutron-ovn": neutronOvn,
  ironic,
} as const satisfies Record<string, Flavor>;

/** The name of a flavor. */
export type FlavorName = keyof typeof flavors;
