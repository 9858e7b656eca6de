/** What is on a node, in a form in which two nodes of different stacks can be compared. */
import type { TestStack } from "./stack.ts";

/** A node as its own programs show it. */
export interface NodeFacts {
  /** Bridge → names of its ports, sorted; those of Open vSwitch and those of the kernel. */
  readonly bridges: Readonly<Record<string, readonly string[]>>;
  /** Tunnel ends: `<remote> <VNI> <UDP port>`, sorted. */
  readonly tunnels: readonly string[];
  /** Patch ports: `<name> <peer>`, sorted. */
  readonly patches: readonly string[];
  /** Overlay bridge → its addresses and MTU. */
  readonly links: Readonly<
    Record<string, { readonly addresses: readonly string[]; readonly mtu: number; readonly up: boolean }>
  >;
  /** local.conf without mark, name of the stack and secret values. */
  readonly localConf: string;
}

/** How a stack's nodes are reached. */
type Reach = Pick<TestStack, "on" | "name">;

/** Reads a node of a stack with `ovs-vsctl`, `ip` and `cat`. */
export async function nodeFacts(stack: Reach, node: string, openVswitch: boolean): Promise<NodeFacts> {
  const links = (JSON.parse(await stack.on(node, "ip -j -d address show")) as Link[]).filter(isOverlayLink);
  const conf = await stack.on(node, "cat /opt/stack/devstack/local.conf");
  return {
    ...(openVswitch ? await ofOpenVswitch(stack, node) : ofKernel(links)),
    links: Object.fromEntries(links.filter(isBridge).map((link) => [link.ifname, aboutLink(link)])),
    localConf: comparable(conf, stack.name),
  };
}

/** The part of `ip -j -d address show` that is used. */
interface Link {
  readonly ifname: string;
  readonly mtu: number;
  readonly flags: readonly string[];
  readonly master?: string;
  readonly linkinfo?: {
    readonly info_kind?: string;
    readonly info_data?: { id?: number; remote?: string; remote6?: string; port?: number };
  };
  readonly addr_info: readonly { readonly local: string; readonly prefixlen: number; readonly scope: string }[];
}

function isOverlayLink({ ifname }: Link): boolean {
  return /^br[-_]/.test(ifname);
}

function isBridge({ linkinfo }: Link): boolean {
  return linkinfo?.info_kind !== "vxlan";
}

function aboutLink({ addr_info, mtu, flags }: Link) {
  const addresses = addr_info
    .filter(({ scope }) => scope === "global")
    .map(({ local, prefixlen }) => `${local}/${prefixlen}`);
  return { addresses, mtu, up: flags.includes("UP") };
}

async function ofOpenVswitch(stack: Reach, node: string): Promise<Pick<NodeFacts, "bridges" | "tunnels" | "patches">> {
  const names = (await stack.on(node, "ovs-vsctl list-br"))
    .split("\n")
    .filter((name) => name !== "eth0" && name !== "");
  const ports = await Promise.all(
    names.map(async (name) =>
      (await stack.on(node, `ovs-vsctl list-ports ${name}`)).split("\n").filter(Boolean).sort(),
    ),
  );
  const table = await stack.on(node, "ovs-vsctl --format=json --columns=name,type,options list interface");
  const rows = (JSON.parse(table) as { data: [string, string, ["map", [string, string][]]][] }).data;
  const interfaces = rows.map(([name, type, [, options]]) => ({ name, type, options: Object.fromEntries(options) }));
  return {
    bridges: Object.fromEntries(names.map((name, index) => [name, ports[index] ?? []])),
    tunnels: interfaces
      .filter(({ type }) => type === "vxlan")
      .map(({ options }) => `${options.remote_ip} ${options.key} ${options.dst_port}`)
      .sort(),
    patches: interfaces
      .filter(({ type }) => type === "patch")
      .map(({ name, options }) => `${name} ${options.peer}`)
      .sort(),
  };
}

function ofKernel(links: readonly Link[]): Pick<NodeFacts, "bridges" | "tunnels" | "patches"> {
  const tunnels = links.filter((link) => !isBridge(link));
  const portsOf = (bridge: string) =>
    tunnels
      .filter(({ master }) => master === bridge)
      .map(({ ifname }) => ifname)
      .sort();
  return {
    bridges: Object.fromEntries(links.filter(isBridge).map(({ ifname }) => [ifname, portsOf(ifname)])),
    tunnels: tunnels
      .map(({ linkinfo }) => `${linkinfo?.info_data?.remote} ${linkinfo?.info_data?.id} ${linkinfo?.info_data?.port}`)
      .sort(),
    patches: [],
  };
}

function comparable(conf: string, stack: string): string {
  return conf
    .replace(/^# devstack-multinode .*\n/, "")
    .replaceAll(stack, "<stack>")
    .replaceAll(/^(\w*(?:PASSWORD|TOKEN|HASH))=.*$/gm, "$1=<secret>");
}
