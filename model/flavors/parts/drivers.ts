/** Which bridge drivers a flavor can run on. */
import { type DriverName, drivers } from "../../drivers.ts";

/** For flavors that need nothing of a bridge but to forward frames. */
export const everyDriver = Object.keys(drivers) as readonly DriverName[];

/** For flavors whose neutron plugs ports into the overlay's bridge itself. */
export const openVswitchOnly = {
  drivers: ["openvswitch"],
  driverReason: "neutron's Open vSwitch agents need their bridges to be Open vSwitch bridges",
} as const;
