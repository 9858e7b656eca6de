/** The bridge drivers by name. */
import type { DriverName } from "../../model/drivers.ts";
import type { BridgeDriver } from "./driver.ts";
import { linux } from "./linux.ts";
import { openvswitch } from "./openvswitch.ts";

const drivers: Record<DriverName, BridgeDriver> = { openvswitch, linux };

/** The driver of this name. */
export function driverOf(name: DriverName): BridgeDriver {
  return drivers[name];
}
