/** Rules that the flavor brings along. */
import { nodesFacts } from "../../backends/index.ts";
import type { DriverName } from "../../drivers.ts";
import type { Flavor } from "../../flavors/flavor.ts";
import { flavors } from "../../flavors/index.ts";
import { planNodes } from "../../plan.ts";
import { DEVSTACK_REPOSITORY } from "../devstack-run.ts";
import type { Check } from "./check.ts";

/** The flavor works with the chosen bridge driver. */
export const driverFits: Check = {
  reads: () => ["flavor", "overlay.driver"],
  find: ({ flavor: name, overlay }) => {
    const flavor: Flavor = flavors[name];
    const fits = (driver: DriverName): boolean => flavor.drivers.includes(driver);
    return fits(overlay.driver)
      ? []
      : [
          {
            path: "overlay.driver",
            expected: `${flavor.drivers.join(" or ")} for the flavor ${name}: ${flavor.driverReason}`,
            given: overlay.driver,
            write: `driver: ${flavor.drivers[0]}`,
          },
        ];
  },
};

/** The flavor's own rules, such as a least number of nodes. */
export const flavorRules: Check = {
  reads: ({ nodes }) => [
    "flavor",
    "overlay.layout",
    "overlay.publicBridge",
    "devstack.release",
    "devstack.dvrSnat",
    ...nodesFacts(nodes).memberPaths,
  ],
  find: (settings) => {
    const flavor: Flavor = flavors[settings.flavor];
    return flavor.violations(settings, planNodes(settings));
  },
};

/** Something is there that runs devstack, and one devstack a node: grenade runs its two itself. */
export const stackCanRun: Check = {
  reads: () => ["devstack.run", "devstack.grenade", "nodes"],
  find: ({ nodes, devstack: { run, grenade } }) => {
    const path = "devstack.run.stack";
    const refused = (expected: string) => [{ path, expected, given: "true", write: "stack: false" }];
    if (!run.stack) return [];
    if (grenade !== undefined) return refused("false for an upgrade job: grenade runs both of its stack.sh itself");
    return nodes.backend === "lab" && run.repository === DEVSTACK_REPOSITORY
      ? refused(
          "false with the lab's nodes, which run no systemd as devstack needs it, unless run.repository names another",
        )
      : [];
  },
};
