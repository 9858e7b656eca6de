/** Rules that the flavor brings along. */
import { nodesFacts } from "../../backends/index.ts";
import type { DriverName } from "../../drivers.ts";
import type { Flavor } from "../../flavors/flavor.ts";
import { flavors } from "../../flavors/index.ts";
import { planNodes } from "../../plan.ts";
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

/** stack.sh needs a whole operating system, which a lab node is not. */
export const stackCanRun: Check = {
  reads: () => ["devstack.run", "nodes"],
  find: ({ nodes, devstack }) =>
    devstack.run.stack && nodes.backend === "lab"
      ? [
          {
            path: "devstack.run.stack",
            expected: "false with the lab's nodes: they run no systemd, which stack.sh needs",
            given: "true",
            write: "stack: false",
          },
        ]
      : [],
};
