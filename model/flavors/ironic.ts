/** ironic on plain neutron: bare-metal guests are virtual machines on all nodes that share one L2 network. */
import type { LocalConfPart } from "../localconf/part.ts";
import { knownRelease } from "../services/releases.ts";
import type { DevstackPlugin } from "../settings.ts";
import type { Flavor, LocalConfContext } from "./flavor.ts";
import { openVswitchOnly } from "./parts/drivers.ts";
import { combine, neutronPart, openVswitchAgent } from "./parts/neutron.ts";
import { optionalOverlayViolations, optionalPublicOverlay } from "./parts/overlay.ts";

/** The overlay of the bare-metal guests; of this name on every node. */
const guestBridge = "br_ironic_vxlan";

/** Where OpenStack's projects, the devstack plugins among them, are hosted. */
const projects = "https://opendev.org/openstack";

/** As the predecessor's ironic job has it: neutron as it is, and br_ironic_vxlan without addresses. */
export const ironic: Flavor = {
  summary: "ironic on plain neutron; br_ironic_vxlan carries the bare-metal guests' network",
  ...openVswitchOnly,
  overlays: (settings) => [
    ...optionalPublicOverlay(settings),
    { bridge: guestBridge, addressed: false, vniBlock: "guest" },
  ],
  violations: optionalOverlayViolations,
  guests: { routedBy: "primary", network: "overlay" },
  features: ["neutron", "neutron-adv", "ironic"],
  localConf: (context) =>
    combine(neutronPart(context), openVswitchAgent(context, "vlan"), ironicPart(context), topologyPart(context)),
};

/** Tenant networks are VLANs on the physical bridges, as a bare-metal guest has no tunnel end of its own. */
function ironicPart(context: LocalConfContext): LocalConfPart {
  return {
    localrc: { VIRT_DRIVER: "ironic", ENABLE_TENANT_TUNNELS: "False" },
    plugins: [plugin("ironic", context)],
  };
}

/** What ironic's own devstack plugin asks of a job with several nodes. */
function topologyPart(context: LocalConfContext): LocalConfPart {
  const { node, nodes } = context;
  if (nodes.length === 1) return { localrc: {} };
  const shared = { HOST_TOPOLOGY: "multinode", HOST_TOPOLOGY_ROLE: node.role };
  const bridge = `sub${node.number}brbm`;
  const own =
    node.role === "primary"
      ? {
          HOST_TOPOLOGY_SUBNODES: nodes
            .flatMap(({ role, address = "" }) => (role === "subnode" ? [address] : []))
            .join(" "),
          GENERIC_SWITCH_KEY_FILE: { expr: "$DEST/.ssh/id_rsa" },
        }
      : { IRONIC_VM_NETWORK_BRIDGE: bridge, OVS_PHYSICAL_BRIDGE: bridge };
  return { localrc: { ...shared, ...own }, plugins: [plugin("networking-generic-switch", context)] };
}

/** A plugin of OpenStack's at the branch of the stack's release. */
function plugin(name: string, { settings }: LocalConfContext): DevstackPlugin {
  const release = knownRelease(settings.devstack.release);
  const branch = release === "today" ? {} : { branch: `stable/${release}` };
  return { name, url: `${projects}/${name}`, ...branch };
}
