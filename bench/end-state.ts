/**
 * What a node has to look like once its overlays are there, whoever built them: read with the system's own tools and held
 * against the plan. Pure; nothing of the drivers under test takes part.
 */
import type { Overlay, Plan } from "../model/plan.ts";
import { parseTable, settingsMap } from "../providers/drivers/ovsdb.ts";
import { lines, type ShellText, sh } from "../providers/remote/quote.ts";

/** An interface as `ip -json address show` prints it. */
interface Device {
  readonly ifname: string;
  readonly mtu: number;
  readonly flags: readonly string[];
  readonly addr_info: readonly { readonly family: string; readonly local: string; readonly prefixlen: number }[];
}

/** Prints a line of JSON each of devices and Open vSwitch's interfaces, and a line of ports for each bridge. */
export function readScript({ overlays }: Plan): ShellText {
  return lines(
    sh`set -e`,
    sh`ip -json address show`,
    sh`ovs-vsctl --format=json --columns=name,type,options list interface`,
    ...overlays.map(({ bridge }) => sh`ports=$(ovs-vsctl list-ports ${bridge}); echo $ports`),
  );
}

/** What of a node differs from the plan, in words; empty when it is as it has to be. */
export function differences(
  plan: Plan,
  node: string,
  addresses: Readonly<Record<string, string>>,
  printed: string,
): readonly string[] {
  const [deviceLine = "[]", interfaceLine = "", ...portLines] = printed.split("\n");
  const devices = JSON.parse(deviceLine) as readonly Device[];
  const interfaces = parseTable(interfaceLine);
  return plan.overlays.flatMap((overlay, index) => {
    const ports = new Set(portLines[index]?.split(" ") ?? []);
    const tunnels = interfaces
      .filter(({ name, type }) => ports.has(String(name)) && type === "vxlan")
      .map(({ options }) => tunnelText(settingsMap(options)));
    return [
      ...bridgeDifferences(
        overlay,
        node,
        devices.find(({ ifname }) => ifname === overlay.bridge),
      ),
      ...compare(`tunnels of ${overlay.bridge}`, wantedTunnels(overlay, node, addresses), tunnels),
    ];
  });
}

function bridgeDifferences({ bridge, mtu, addresses }: Overlay, node: string, device: Device | undefined): string[] {
  if (device === undefined) return [`${bridge}: expected a bridge, found none`];
  const own = addresses[node];
  // Every interface has a link-local address of IPv6 by itself.
  const planned = device.addr_info.filter(({ family, local }) => family === "inet" || !local.startsWith("fe80:"));
  const found = planned.map(({ local, prefixlen }) => `${local}/${prefixlen}`);
  return [
    ...compare(`MTU of ${bridge}`, [String(mtu)], [String(device.mtu)]),
    ...compare(`addresses of ${bridge}`, own === undefined ? [] : [own], found),
    ...(device.flags.includes("UP") ? [] : [`${bridge}: expected it up, found it down`]),
  ];
}

function wantedTunnels(
  { tunnels, port }: Overlay,
  node: string,
  addresses: Readonly<Record<string, string>>,
): readonly string[] {
  return tunnels
    .filter(({ between }) => between.includes(node))
    .map(({ between: [one, other], vni }) =>
      tunnelText({
        key: String(vni),
        local_ip: addresses[node] ?? "",
        remote_ip: addresses[one === node ? other : one] ?? "",
        dst_port: String(port),
      }),
    );
}

/** The options that make a tunnel what it is, in a fixed order. */
function tunnelText({ key, local_ip, remote_ip, dst_port }: Record<string, string>): string {
  return `VNI ${key} from ${local_ip} to ${remote_ip} port ${dst_port}`;
}

function compare(what: string, wanted: readonly string[], found: readonly string[]): string[] {
  const [expected, given] = [wanted, found].map((values) => values.toSorted().join("; ") || "none");
  return expected === given ? [] : [`${what}: expected ${expected}, found ${given}`];
}
