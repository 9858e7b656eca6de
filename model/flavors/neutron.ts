/** neutron without DVR: the primary routes for everyone, and neutron's own tunnels bring the traffic there. */
import { drivers } from "../drivers.ts";
import { assignment } from "../schema/write.ts";
import type { Settings } from "../settings.ts";
import type { Violation } from "../violation.ts";
import type { Flavor } from "./flavor.ts";
import { everyDriver } from "./parts/drivers.ts";
import { combine, linuxBridgeAgent, neutronPart, openVswitchAgent } from "./parts/neutron.ts";
import { optionalOverlayViolations, optionalPublicOverlay } from "./parts/overlay.ts";

/** No overlay is needed; `overlay.publicBridge` makes br-ex one, as the seed's picture shows it. */
export const neutron: Flavor = {
  summary: "neutron, routed by the primary alone; no overlay, or br-ex with overlay.publicBridge",
  drivers: everyDriver,
  driverReason: "neutron has an agent for bridges of any kind",
  overlays: optionalPublicOverlay,
  violations: (settings) => [...optionalOverlayViolations(settings), ...linuxBridgeViolations(settings)],
  guests: { routedBy: "primary", network: "tunnels" },
  features: ["neutron", "neutron-adv"],
  localConf: (context) =>
    combine(
      neutronPart(context),
      isLinuxBridge(context.settings) ? linuxBridgeAgent : openVswitchAgent(context, "vxlan"),
    ),
};

/** Whether br-ex is made as a bridge of the kernel, which only neutron's Linux bridge agent can work with. */
function isLinuxBridge({ overlay }: Settings): boolean {
  return overlay.publicBridge && !drivers[overlay.driver].needsOpenVswitch;
}

function linuxBridgeViolations(settings: Settings): readonly Violation[] {
  if (!isLinuxBridge(settings)) return [];
  const { driver, layout } = settings.overlay;
  return [
    ...(settings.devstack.release === "today"
      ? [
          {
            path: "overlay.driver",
            expected: "openvswitch: today's neutron has no Linux bridge agent for a br-ex of the kernel",
            given: driver,
            write: assignment(["overlay", "driver"], "openvswitch"),
          },
        ]
      : []),
    ...(layout === "patched"
      ? [
          {
            path: "overlay.layout",
            expected: "direct: only Open vSwitch has the patch ports that join br-infra to br-ex",
            given: layout,
            write: assignment(["overlay", "layout"], "direct"),
          },
        ]
      : []),
  ];
}
