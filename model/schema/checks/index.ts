/** The checks of meaning, in the order they are made. */
import { nodesFacts, nodesViolations } from "../../backends/index.ts";
import { devstackViolations } from "../../localconf/violations.ts";
import { mtuViolations } from "../../mtu.ts";
import type { Settings } from "../../settings.ts";
import { addressesSuffice } from "./addresses.ts";
import type { Check } from "./check.ts";
import { driverFits, flavorRules, stackCanRun } from "./flavor.ts";
import { floatingInsidePublic, rangesApart } from "./ranges.ts";
import { vnisFit } from "./vnis.ts";

/** The backend's own rules. */
const backendRules: Check = {
  reads: ({ nodes }) => [`nodes.${nodes.backend}`],
  find: ({ nodes, overlay, devstack }) =>
    nodesViolations(nodes, [overlay.publicRange, overlay.floatingRange, devstack.fixedRange]),
};

/** An overlay MTU is possible, where the underlay's is known by now. */
const mtuPossible: Check = {
  reads: ({ nodes }) => {
    const { mtuPath, rangePath } = nodesFacts(nodes).underlay;
    return ["overlay.mtu", mtuPath ?? "nodes", rangePath ?? "nodes"];
  },
  find: ({ nodes, overlay }: Settings) => {
    const { facts, mtuPath } = nodesFacts(nodes).underlay;
    return facts === undefined
      ? []
      : mtuViolations({ underlayMtu: facts.mtu, family: facts.family, override: overlay.mtu, underlayPath: mtuPath });
  },
};

/** What localrc, the service matrix and devstack itself do not take. */
const devstackRules: Check = {
  reads: () => ["devstack.release"],
  find: devstackViolations,
};

/**
 * Every rule; another one is a line here. Rules that also choose a place for a range stand before the one that
 * only keeps ranges apart.
 */
export const meaningChecks: readonly Check[] = [
  backendRules,
  addressesSuffice,
  rangesApart,
  floatingInsidePublic,
  vnisFit,
  mtuPossible,
  driverFits,
  flavorRules,
  devstackRules,
  stackCanRun,
];
