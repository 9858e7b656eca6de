/** neutron with distributed virtual routers whose central SNAT survives the loss of a node. */

import type { PlannedNode } from "../plan.ts";
import { assignment } from "../schema/write.ts";
import type { Settings } from "../settings.ts";
import type { Violation } from "../violation.ts";
import type { Flavor } from "./flavor.ts";
import { openVswitchOnly } from "./parts/drivers.ts";
import { dvrFeatures, dvrOverlays, dvrPart } from "./parts/dvr.ts";

/** Nodes of the smallest DVR HA job (seed). */
const leastNodes = 3;

/** `dvr_snat` nodes that take over from each other (seed). */
const leastSnatNodes = 2;

/** As neutron-dvr, with three nodes or more, at least two of them `dvr_snat`. */
export const neutronDvrHa: Flavor = {
  summary: "neutron-dvr with highly available routers: three nodes or more, two of them dvr_snat",
  ...openVswitchOnly,
  overlays: dvrOverlays,
  violations: (settings, nodes) => [...nodeViolations(settings, nodes), ...snatViolations(settings)],
  guests: { routedBy: "own-node", network: "node" },
  features: dvrFeatures,
  localConf: (context) => dvrPart(context, { highAvailability: true }),
};

function nodeViolations({ nodes: { backend } }: Settings, nodes: readonly PlannedNode[]): readonly Violation[] {
  if (nodes.length >= leastNodes) return [];
  const path = ["nodes", backend, "subnodes"];
  return [
    {
      path: path.join("."),
      expected: `at least ${leastNodes - 1} subnodes for the flavor neutron-dvr-ha, beside the primary`,
      given: `${nodes.length - 1}`,
      write: assignment(path, leastNodes - 1),
    },
  ];
}

/** Subnodes are at least two by the other rule, so that they suffice; the primary alone does not. */
function snatViolations({ devstack: { dvrSnat } }: Settings): readonly Violation[] {
  if (dvrSnat.includes("subnode")) return [];
  return [
    {
      path: "devstack.dvrSnat",
      expected: `roles that give the flavor neutron-dvr-ha at least ${leastSnatNodes} nodes running dvr_snat`,
      given: `[${dvrSnat.join(", ")}]: ${dvrSnat.length === 0 ? "no node" : "only the primary"}`,
      write: assignment(["devstack", "dvrSnat"], ["subnode"]),
    },
  ];
}
