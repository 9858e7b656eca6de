/** The bridge drivers by name. */
import type { DriverName } from "../../model/drivers.ts";
import type { BridgeDriver } from "./driver.ts";
import { openvswitch } from "./openvswitch.ts";

const drivers: Record<DriverName, BridgeDriver> = { openvswitch };

/** The driver of this name. */
export function driverOf(name: DriverName): BridgeDriver {
  return drivers[name];
}
