/** The network of a test cloud: a lab's underlay whose router also leads to the services and knows floating addresses. */
import { ipBatch, local } from "../../../providers/lab/commands.ts";
import { namespaceOf, routerNode } from "../../../providers/lab/folders.ts";
import { makeUnderlay } from "../../../providers/lab/underlay.ts";
import { projectFolder } from "../../../tools/support/project.ts";
import { type CloudIdentity, layOut } from "./layout.ts";

/** Router's and services' ends of the link between them. */
const routerEnd = "services";
const servicesEnd = "eth0";

/** Table of the router's rules for floating addresses. */
const TABLE = "floating";

/** A floating address, and the fixed one that it stands for. */
export interface Floating {
  readonly floating: string;
  readonly fixed: string;
}

/** Makes router, link to this machine and namespace of the services. */
export async function makeNetwork(cloud: CloudIdentity): Promise<void> {
  const step = "make the test cloud's network";
  const { controller, services, namespace } = layOut(cloud);
  const { gateway, address, prefixLength } = controller;
  await makeUnderlay(cloud.lab, { range: cloud.range, controller: address, gateway, prefixLength }, projectFolder);
  const router = namespaceOf(cloud.lab, routerNode);
  // Servers of one network think that they share a link. Each has its own, and the router answers for the others.
  await local(step, "ip", ["netns", "exec", router, "sysctl", "-qw", "net.ipv4.conf.all.proxy_arp=1"]);
  await local(step, "ip", ["netns", "add", namespace]);
  await ipBatch(step, router, [
    `link add ${routerEnd} type veth peer name ${servicesEnd} netns ${namespace}`,
    `address add ${services.gateway}/${services.prefixLength} dev ${routerEnd}`,
    `link set ${routerEnd} up`,
  ]);
  await ipBatch(step, namespace, [
    "link set lo up",
    `address add ${services.address}/${services.prefixLength} dev ${servicesEnd}`,
    `link set ${servicesEnd} up`,
    `route add default via ${services.gateway}`,
  ]);
  await setFloating(cloud, []);
}

/** Makes the router lead to a server's address by the link of its number, whatever network it is in. */
export async function routeToServer(cloud: CloudIdentity, address: string, link: string): Promise<void> {
  const router = namespaceOf(cloud.lab, routerNode);
  const step = `lead to ${address}`;
  // By default the router takes up to 0.8 s to answer for another.
  await local(step, "ip", ["netns", "exec", router, "sysctl", "-qw", `net.ipv4.neigh.${link}.proxy_delay=0`]);
  await ipBatch(step, router, [`route replace ${address}/32 dev ${link}`]);
}

/** Replaces the router's floating addresses. */
export async function setFloating(cloud: CloudIdentity, pairs: readonly Floating[]): Promise<void> {
  const router = namespaceOf(cloud.lab, routerNode);
  const rules = pairs.map(({ floating, fixed }) => `    ip daddr ${floating} dnat to ${fixed}`);
  const script = [
    // Made first, so that there is one to delete.
    `table ip ${TABLE}`,
    `delete table ip ${TABLE}`,
    `table ip ${TABLE} {`,
    "  chain prerouting {",
    "    type nat hook prerouting priority dstnat",
    ...rules,
    "  }",
    "}",
  ];
  await local("set floating addresses", "ip", ["netns", "exec", router, "nft", "-f", "-"], `${script.join("\n")}\n`);
}
