/** A stack to look at where it does not matter which nodes there are. */
import type { LocalConfContext } from "../flavors/flavor.ts";
import type { Role, Settings } from "../settings.ts";

/**
 * Two nodes with addresses of a documentation range (RFC 5737): which variables and services a local.conf has follows from the
 * settings and the node's role.
 */
export function sampleContext(settings: Settings, role: Role): LocalConfContext {
  const primary = { name: "primary", role: "primary", number: 0, hostname: "primary", address: "192.0.2.1" } as const;
  const subnode = {
    name: "subnode-1",
    role: "subnode",
    number: 1,
    hostname: "subnode-1",
    address: "192.0.2.2",
  } as const;
  const node = role === "primary" ? primary : subnode;
  return { settings, node, primary, nodes: [primary, subnode], overlayMtu: 0 };
}
