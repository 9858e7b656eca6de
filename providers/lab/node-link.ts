/** The link between a lab node and the underlay's router. */
import { ipBatch, ipJson, local } from "./commands.ts";
import { type LabIdentity, namespaceOf, routerLink, routerNode } from "./folders.ts";
import type { NodeSpec } from "./node-spec.ts";

/** Interface of a node towards the underlay, before Open vSwitch or a new name take it over. */
const nodeLink = "phy0";

/** Whether the router has a link to the node of this number. */
export async function hasRouterLink(lab: LabIdentity, name: string, number: number): Promise<boolean> {
  const router = namespaceOf(lab, routerNode);
  const links = await ipJson<{ ifname: string }>(`look for ${name}'s link`, ["-n", router, "link", "show"]);
  return links.some((link) => link.ifname === routerLink(number));
}

/** Without it the link would vanish some time after the namespace, and be in the next boot's way. */
export async function removeRouterLink(lab: LabIdentity, name: string, number: number): Promise<void> {
  if (!(await hasRouterLink(lab, name, number))) return;
  await ipBatch(`remove ${name}'s link`, namespaceOf(lab, routerNode), [`link delete ${routerLink(number)}`]);
}

/** Makes the node's network namespace and links it to the router. */
export async function makeLink(lab: LabIdentity, spec: NodeSpec): Promise<void> {
  const router = namespaceOf(lab, routerNode);
  const namespace = namespaceOf(lab, spec.name);
  const link = routerLink(spec.number);
  const noDuplicateDetection = spec.gateway.includes(":") ? " nodad" : "";
  const step = `make ${spec.name}'s underlay link`;
  await local(step, "ip", ["netns", "add", namespace]);
  await ipBatch(step, router, [
    `link add ${link} mtu ${spec.mtu} type veth peer name ${nodeLink} mtu ${spec.mtu} netns ${namespace}`,
    `address add ${spec.gateway}/${spec.prefixLength} dev ${link}${noDuplicateDetection}`,
    `link set ${link} up`,
  ]);
  // Open vSwitch in userspace neither computes nor forgives checksums that a virtual link leaves for later.
  const offload = ["tx", "off"];
  await Promise.all([
    local(step, "ip", ["netns", "exec", router, "ethtool", "-K", link, ...offload]),
    local(step, "ip", ["netns", "exec", namespace, "ethtool", "-K", nodeLink, ...offload]),
  ]);
}
