/** Prepared hosts and an overlay of kernel bridges between them, made by the providers alone. */
import { randomBytes } from "node:crypto";
import { execa } from "execa";
import { peerLine } from "../../model/host/peers.ts";
import type { HostPreparationInputs, HostPreparationOutputs } from "../../providers/host-preparation.ts";
import { bridge } from "../../providers/implementations/bridge.ts";
import { hostPreparation } from "../../providers/implementations/host-preparation.ts";
import { keyPair } from "../../providers/implementations/key-pair.ts";
import { tunnel } from "../../providers/implementations/tunnel.ts";
import { namespaceOf, routerNode } from "../../providers/lab/folders.ts";
import type { NodeHandle } from "../../providers/remote/node-handle.ts";
import { type LabNodes, on } from "../support/lab-nodes.ts";

/** A prepared host, as the engine would record it. */
export interface Prepared {
  readonly id: string;
  readonly outs: HostPreparationOutputs;
}

/** The overlay of the tests: the seed's br_pub between the primary and its first subnode. */
export const overlay = { bridge: "br_pub", vni: 1000002, port: 4789, mtu: 1450 } as const;

/** The inputs of a host's preparation, as the program gives them and `check` completes them. */
export async function inputsFor(
  { nodes, environment, lab }: LabNodes,
  changes: Partial<HostPreparationInputs> = {},
): Promise<(node: NodeHandle) => Promise<HostPreparationInputs>> {
  const { outs: keys } = await keyPair.create({ comment: "of the tests" });
  const peers = nodes.map((node) =>
    peerLine({ ...node, hostname: `${lab.stack}-${node.name}`, publicKey: node.hostKey }),
  );
  const family = peers[0]?.includes("::") ? "IPv6" : "IPv4";
  const rules = { port: overlay.port, family, bridges: [overlay.bridge] } as const;
  return async (node) => {
    const about = { node, environment, resource: `host-${node.name}`, user: "stack", home: "/opt/stack" };
    const { publicKey, privateKey } = keys;
    const given = { ...about, peers, rules: { ...rules, bridges: [...rules.bridges] }, publicKey, privateKey };
    const news = { ...given, needsOpenVswitch: false, ...changes };
    // What is missing are the parts' own properties, which `check` fills in.
    return (await hostPreparation.check(undefined, news as HostPreparationInputs)).inputs;
  };
}

/** Prepares every node. */
export async function prepareAll(lab: LabNodes, changes: Partial<HostPreparationInputs> = {}): Promise<Prepared[]> {
  const inputs = await inputsFor(lab, changes);
  return await Promise.all(lab.nodes.map(async (node) => await hostPreparation.create(await inputs(node))));
}

/** Takes every preparation back. */
export async function revertAll(prepared: readonly Prepared[]): Promise<void> {
  await Promise.all(prepared.map(({ id, outs }) => hostPreparation.delete(id, outs)));
}

/** What `read` finds other than planned: part → in which words. */
export async function driftOf({ id, outs }: Prepared): Promise<Record<string, unknown>> {
  const { inputs } = await hostPreparation.read(id, outs);
  const found = Object.entries(inputs ?? { gone: true });
  return Object.fromEntries(found.filter(([name, value]) => value !== outs[name as keyof HostPreparationOutputs]));
}

/** Makes the overlay between the first two nodes. */
export async function makeOverlay({ nodes, environment }: LabNodes): Promise<void> {
  const ends = [nodes[0], nodes[1]].filter((node) => node !== undefined);
  const driver = "linux" as const;
  const bridges = await Promise.all(
    ends.map(async (node, index) => {
      const addresses = [`172.24.4.${1 + index}/23`];
      const about = { node, environment, resource: `bridge-${node.name}`, driver, bridge: overlay.bridge };
      const news = { ...about, mtu: overlay.mtu, up: true, addresses, generation: `${index}` };
      return (await bridge.create(news)).outs.generation;
    }),
  );
  const settings = ends.map((_, index) => ({
    remote: ends[1 - index]?.address ?? "",
    vni: overlay.vni,
    port: overlay.port,
  }));
  const about = { environment, resource: "tunnel", driver, bridge: overlay.bridge };
  await tunnel.create({ ...about, nodes: ends, bridges, ends: settings });
}

/** Pings over the overlay, from the first subnode to the primary. */
export async function pingOverlay({ nodes }: LabNodes): Promise<string> {
  return await on(nodeAt(nodes, 1), "ping -n -c 3 -i 0.2 -w 5 172.24.4.1");
}

/** The node of this number. */
export function nodeAt(nodes: readonly NodeHandle[], number: number): NodeHandle {
  const node = nodes[number];
  if (node === undefined) throw new Error(`the tests have no node ${number}`);
  return node;
}

/**
 * Sends the primary a VXLAN packet with the overlay's own VNI from the underlay's router, which is no node of the job,
 * and then pings over the overlay: what was to arrive has arrived by then. Tells whether the bridge saw the frame.
 */
export async function strangerArrives(lab: LabNodes): Promise<boolean> {
  const primary = nodeAt(lab.nodes, 0);
  // A sender that no packet had before: the bridge's forwarding table tells of its arrival.
  const sender = `02${randomBytes(5).toString("hex")}`;
  const { address } = primary;
  const script = `const socket = require("node:dgram").createSocket("${address.includes(":") ? "udp6" : "udp4"}");
    socket.send(Buffer.from("${strangersPacket(sender)}", "hex"), ${overlay.port}, "${address}", () => socket.close());`;
  await execa("ip", ["netns", "exec", namespaceOf(lab.lab, routerNode), process.execPath, "-e", script]);
  await pingOverlay(lab);
  const known = await on(primary, `bridge fdb show br ${overlay.bridge}`);
  return known.replaceAll(":", "").includes(sender);
}

/** VXLAN header (RFC 7348, section 5) and a broadcast frame of an experimental type (IEEE 802, 0x88b5). */
function strangersPacket(sender: string): string {
  const vni = overlay.vni.toString(16).padStart(6, "0");
  const frame = `ffffffffffff${sender}88b5`;
  return `08000000${vni}00${frame}${"00".repeat(46)}`;
}
