/** What neutron is told in every flavor that has it. */

import type { IniSection, LocalConfPart } from "../../localconf/part.ts";
import { firstHost } from "../../localconf/ranges.ts";
import { isWithin, knownRelease } from "../../services/releases.ts";
import type { LocalConfContext } from "../flavor.ts";

/** Several parts as one; later variables win. */
export function combine(...parts: readonly LocalConfPart[]): LocalConfPart {
  return {
    localrc: Object.assign({}, ...parts.map(({ localrc }) => localrc)),
    sections: parts.flatMap(({ sections = [] }) => sections),
    plugins: parts.flatMap(({ plugins = [] }) => plugins),
  };
}

/** The MTU of the overlay must reach neutron, or guests send frames that no tunnel carries. */
export function neutronPart({ settings, nodes, overlayMtu }: LocalConfContext): LocalConfPart {
  const gateway = { NETWORK_GATEWAY: firstHost(settings.devstack.fixedRange) };
  if (nodes.length === 1) return { localrc: gateway };
  const mtu = String(overlayMtu);
  return {
    localrc: {
      ...gateway,
      ...(knownRelease(settings.devstack.release) === "today" ? {} : { Q_USE_DEBUG_COMMAND: "True" }),
      PUBLIC_BRIDGE_MTU: mtu,
    },
    sections: [postConfig("$NEUTRON_CONF", "DEFAULT", { global_physnet_mtu: mtu })],
  };
}

/** Open vSwitch agents, said in full since devstack's own choice is OVN (wallaby). */
export function openVswitchAgent({ settings }: LocalConfContext, tenantNetworks: "vxlan" | "vlan"): LocalConfPart {
  if (!isWithin(knownRelease(settings.devstack.release), { from: "wallaby" })) return { localrc: {} };
  return {
    localrc: {
      Q_AGENT: "openvswitch",
      Q_ML2_PLUGIN_MECHANISM_DRIVERS: "openvswitch",
      Q_ML2_TENANT_NETWORK_TYPE: tenantNetworks,
    },
  };
}

/** For a br-ex that is a bridge of the kernel. */
export const linuxBridgeAgent: LocalConfPart = {
  localrc: {
    Q_AGENT: "linuxbridge",
    Q_ML2_PLUGIN_MECHANISM_DRIVERS: "linuxbridge",
    Q_ML2_TENANT_NETWORK_TYPE: "vxlan",
  },
};

/** Options of one `[section]` of a file, merged once devstack has written the service's own configuration. */
export function postConfig(file: string, section: string, options: Readonly<Record<string, string>>): IniSection {
  return {
    phase: "post-config",
    file,
    options: Object.entries(options).map(([key, value]) => ({ section, key, value })),
  };
}
