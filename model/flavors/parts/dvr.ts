/** What distributed virtual routing adds to neutron, with and without high availability. */
import type { LocalConfPart } from "../../localconf/part.ts";
import { knownRelease } from "../../services/releases.ts";
import type { Role, Settings } from "../../settings.ts";
import type { LocalConfContext, OverlayRequest } from "../flavor.ts";
import { combine, neutronPart, openVswitchAgent, postConfig } from "./neutron.ts";
import { publicBridge, publicOverlay } from "./overlay.ts";

/** How an L3 agent works under DVR: `dvr_snat` also does the central SNAT of its share of routers. */
export type L3AgentMode = "dvr" | "dvr_snat";

/** Features of the service matrix that DVR needs. */
export const dvrFeatures = ["neutron", "neutron-adv", "neutron-dvr"] as const;

/** Every node has br-ex on the overlay, as each answers for the floating addresses of its own guests. */
export function dvrOverlays(settings: Settings): readonly OverlayRequest[] {
  return [publicOverlay(settings)];
}

/** The agent mode of a role: as the settings say; a node that is alone must do the SNAT too. */
export function l3AgentMode(settings: Settings, role: Role, nodeCount: number): L3AgentMode {
  return nodeCount === 1 || settings.devstack.dvrSnat.includes(role) ? "dvr_snat" : "dvr";
}

/** The local.conf of a DVR flavor. */
export function dvrPart(context: LocalConfContext, { highAvailability }: { highAvailability: boolean }): LocalConfPart {
  const { settings, node, nodes } = context;
  const mode = l3AgentMode(settings, node.role, nodes.length);
  const isToday = knownRelease(settings.devstack.release) === "today";
  return combine(
    neutronPart(context),
    openVswitchAgent(context, "vxlan"),
    { localrc: { Q_DVR_MODE: mode } },
    // Q_DVR_MODE alone makes routers distributed, not highly available.
    highAvailability && (!isToday || node.role === "primary")
      ? { localrc: {}, sections: [postConfig("$NEUTRON_CONF", "DEFAULT", { l3_ha: "True" })] }
      : { localrc: {} },
    isToday ? todaysSections(mode) : { localrc: {} },
  );
}

/** The options neutron's own DVR jobs of today set in full. */
function todaysSections(mode: L3AgentMode): LocalConfPart {
  const ml2 = "/$NEUTRON_CORE_PLUGIN_CONF";
  return {
    localrc: {},
    sections: [
      postConfig("$NEUTRON_CONF", "DEFAULT", { router_distributed: "True" }),
      postConfig(ml2, "ml2", { mechanism_drivers: "openvswitch,l2population" }),
      postConfig(ml2, "agent", {
        enable_distributed_routing: "True",
        l2_population: "True",
        tunnel_types: "vxlan",
        arp_responder: "True",
      }),
      postConfig(ml2, "ovs", { tunnel_bridge: "br-tun", bridge_mappings: `public:${publicBridge}` }),
      postConfig("$NEUTRON_L3_CONF", "DEFAULT", { agent_mode: mode }),
    ],
  };
}
