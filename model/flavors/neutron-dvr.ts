/** neutron with distributed virtual routers: every node routes for its own guests. */
import type { Flavor } from "./flavor.ts";
import { openVswitchOnly } from "./parts/drivers.ts";
import { dvrFeatures, dvrOverlays, dvrPart } from "./parts/dvr.ts";

/** As the seed has it: the overlay is br-ex, on every node. */
export const neutronDvr: Flavor = {
  summary: "neutron with distributed routers; br-ex on every node is the overlay",
  ...openVswitchOnly,
  overlays: dvrOverlays,
  violations: () => [],
  guests: { routedBy: "own-node", network: "node" },
  features: dvrFeatures,
  localConf: (context) => dvrPart(context, { highAvailability: false }),
};
