/** nova-network: two overlays, as its ebtables rules lose packets where both kinds of traffic share a bridge. */
import { assignment } from "../schema/write.ts";
import { hasNovaNetwork } from "../services/resolve.ts";
import type { Settings } from "../settings.ts";
import type { Violation } from "../violation.ts";
import type { Flavor } from "./flavor.ts";
import { everyDriver } from "./parts/drivers.ts";
import { releaseViolations } from "./parts/releases.ts";

/** The overlay of floating addresses. */
const publicBridge = "br_pub";

/** The overlay of the guests' own L2: DHCP, metadata, fixed addresses. */
const flatBridge = "br_flat";

/** As the seed has it: br_pub carries the nodes' and the floating addresses, br_flat none of the nodes'. */
export const novaNetwork: Flavor = {
  summary: "nova-network; br_pub carries floating addresses, br_flat the guests' own network",
  drivers: everyDriver,
  driverReason: "nova-network works on bridges of any kind",
  // The last release whose nova still has it.
  defaultRelease: "rocky",
  overlays: () => [
    { bridge: publicBridge, addressed: true, vniBlock: "public" },
    { bridge: flatBridge, addressed: false, vniBlock: "guest" },
  ],
  violations: (settings) => [
    ...releaseViolations(settings, hasNovaNetwork, "its nova has the service n-net"),
    ...neutronOnlyViolations(settings),
  ],
  guests: { routedBy: "own-node", network: "overlay" },
  features: [],
  localConf: () => ({
    localrc: { MULTI_HOST: "True", FLAT_INTERFACE: flatBridge, PUBLIC_INTERFACE: publicBridge },
  }),
};

/** Settings that speak of neutron's br-ex, which nova-network has not. */
function neutronOnlyViolations({ overlay }: Settings): readonly Violation[] {
  const reason = "the flavor nova-network has no br-ex of neutron's";
  return [
    ...(overlay.layout === "direct"
      ? []
      : [
          {
            path: "overlay.layout",
            expected: `direct: ${reason} to join br-infra to`,
            given: overlay.layout,
            write: assignment(["overlay", "layout"], "direct"),
          },
        ]),
    ...(overlay.publicBridge
      ? [
          {
            path: "overlay.publicBridge",
            expected: `false: ${reason}`,
            given: "true",
            write: assignment(["overlay", "publicBridge"], false),
          },
        ]
      : []),
  ];
}
