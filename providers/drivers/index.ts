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

/** Gives each driver one thing of its own, made when it is first asked for. */
export function forEachDriver<Own>(make: (driver: BridgeDriver) => Own): (driver: BridgeDriver) => Own {
  const made = new Map<BridgeDriver, Own>();
  return (driver) => {
    const own = made.get(driver) ?? make(driver);
    made.set(driver, own);
    return own;
  };
}
