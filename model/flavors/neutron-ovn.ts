/** neutron with OVN, devstack's own choice today: every node answers for the floating addresses of its guests. */
import type { LocalConfPart } from "../localconf/part.ts";
import { isWithin } from "../services/releases.ts";
import type { Role } from "../settings.ts";
import type { Flavor } from "./flavor.ts";
import { openVswitchOnly } from "./parts/drivers.ts";
import { combine, neutronPart, postConfig } from "./parts/neutron.ts";
import { publicOverlay } from "./parts/overlay.ts";
import { releaseViolations } from "./parts/releases.ts";

/** As devstack's and neutron's multinode jobs of today build it. */
export const neutronOvn: Flavor = {
  summary: "neutron with OVN as devstack runs it today; br-infra is the overlay, patched to br-ex",
  ...openVswitchOnly,
  defaultLayout: "patched",
  overlays: (settings) => [publicOverlay(settings)],
  violations: (settings) =>
    releaseViolations(settings, (release) => isWithin(release, { from: "today" }), "its devstack brings OVN along"),
  guests: { routedBy: "own-node", network: "node" },
  features: ["neutron-ovn", "tlsproxy"],
  localConf: (context) => combine(neutronPart(context), ovn, byRole[context.node.role]),
};

const ovn: LocalConfPart = {
  localrc: {
    Q_AGENT: "ovn",
    OVN_AGENT_EXTENSIONS: "metadata",
    Q_ML2_PLUGIN_MECHANISM_DRIVERS: "ovn,logger",
    Q_ML2_TENANT_NETWORK_TYPE: "geneve",
    Q_USE_PROVIDERNET_FOR_PUBLIC: "true",
    PHYSICAL_NETWORK: "public",
    ENABLE_TLS: "True",
  },
  sections: [postConfig("/$NEUTRON_CORE_PLUGIN_CONF", "ovn", { enable_distributed_floating_ip: "True" })],
};

/** Central routing is the primary's; a subnode is no gateway chassis. */
const byRole: Readonly<Record<Role, LocalConfPart>> = {
  primary: {
    localrc: {
      ML2_L3_PLUGIN: "ovn-router,trunk",
      ENABLE_CHASSIS_AS_GW: "true",
      OVN_L3_CREATE_PUBLIC_NETWORK: "true",
    },
  },
  subnode: { localrc: { ENABLE_CHASSIS_AS_GW: "false" } },
};
