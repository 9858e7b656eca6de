/** The resolved topology of a stack: everything that follows from its settings before any node is touched. */
import { formatAddress, rangeOf } from "./addresses.ts";
import { nodesFacts } from "./backends/index.ts";
import type { DriverName } from "./drivers.ts";
import type { Flavor, OverlayRequest, VniBlock } from "./flavors/flavor.ts";
import { type FlavorName, flavors } from "./flavors/index.ts";
import { overlayMtu } from "./mtu.ts";
import { hostName } from "./naming.ts";
import { nodeName, PRIMARY_NUMBER, roleOf } from "./nodes.ts";
import type { OverlaySettings, OverlayTopology, Role, Settings } from "./settings.ts";
import { vniOf } from "./vni.ts";

/** A test node as planned. Everything about it derives from its number. */
export interface PlannedNode {
  /** `primary` or `subnode-<number>`. */
  readonly name: string;
  readonly role: Role;
  /** 0 for the primary, N for `subnode-N`. */
  readonly number: number;
  /** Host name on the node, with the stack in it. */
  readonly hostname: string;
  /** Underlay address where the plan knows it (lab, inventory); absent where a cloud gives it. */
  readonly address?: string;
}

/** One tunnel of an overlay, between two nodes. */
export interface PlannedTunnel {
  /** Names of the two nodes, the star's centre first. */
  readonly between: readonly [string, string];
  /** VXLAN network identifier, 24 bits (RFC 7348, section 5). */
  readonly vni: number;
}

/** An overlay network without its MTU: bridges of one name on every node, joined by tunnels. */
export interface OverlayShape {
  readonly bridge: string;
  /** What it carries. A flavor has one overlay of each kind at most, so what is made for it can be named by this. */
  readonly block: VniBlock;
  /** UDP port of the tunnels. */
  readonly port: number;
  readonly topology: OverlayTopology;
  readonly driver: DriverName;
  readonly tunnels: readonly PlannedTunnel[];
  /** Bridge of neutron's that a pair of patch ports joins it to on every node; absent in the direct layout. */
  readonly patchTo?: "br-ex";
  /** Node name → address with prefix length, e.g. `172.24.4.1/23`; empty where nodes get none. */
  readonly addresses: Readonly<Record<string, string>>;
  /** First and last address that belongs to nodes; a stray address of this span on the bridge is drift. Absent without addresses. */
  readonly nodeSpan?: { readonly first: string; readonly last: string };
}

/** An overlay network. */
export interface Overlay extends OverlayShape {
  /** MTU of the bridges in bytes. */
  readonly mtu: number;
}

/** What of the underlay the plan needs to know. */
export interface UnderlayFacts {
  /** Smallest MTU between nodes, in bytes. */
  readonly mtu: number;
  readonly family: "IPv4" | "IPv6";
}

/** The topology as far as it follows from the settings alone: all but MTUs, for which the underlay has to be known. */
export interface PlanShape {
  readonly stack: string;
  readonly flavor: FlavorName;
  /** Ordered by number. */
  readonly nodes: readonly PlannedNode[];
  readonly overlays: readonly OverlayShape[];
}

/** The resolved topology. */
export interface Plan extends PlanShape {
  /** MTU in bytes of every overlay, and of what neutron is told when a flavor has none. */
  readonly overlayMtu: number;
  readonly overlays: readonly Overlay[];
}

/** The topology of a stack whose underlay may not be known yet. */
export function planShape(settings: Settings): PlanShape {
  const { stack, overlay } = settings;
  const nodes = planNodes(settings);
  const flavor: Flavor = flavors[settings.flavor];
  const requests = flavor.overlays(settings);
  return {
    stack,
    flavor: settings.flavor,
    nodes,
    overlays: requests.map((request) => planOverlay(request, overlay, nodes)),
  };
}

/**
 * The topology of a stack.
 * @param underlay What is known, or was measured, of the network between the nodes.
 * @throws ConfigError when the underlay's MTU leaves none for the overlays, or not the one that the settings ask for.
 */
export function buildPlan(settings: Settings, underlay: UnderlayFacts): Plan {
  const shape = planShape(settings);
  const mtu = overlayMtu({
    underlayMtu: underlay.mtu,
    family: underlay.family,
    override: settings.overlay.mtu,
    underlayPath: nodesFacts(settings.nodes).underlay.mtuPath,
  });
  return { ...shape, overlayMtu: mtu, overlays: shape.overlays.map((overlay) => ({ ...overlay, mtu })) };
}

/** The nodes of a stack, ordered by number. */
export function planNodes({ stack, nodes }: Settings): readonly PlannedNode[] {
  return nodesFacts(nodes).members.map(({ number, address }) => {
    const name = nodeName(number);
    return {
      name,
      role: roleOf(number),
      number,
      hostname: hostName(stack, name),
      ...(address === undefined ? {} : { address }),
    };
  });
}

/**
 * Addresses of the public range that are for nodes, as numbers: those between its network address and the
 * floating range.
 */
export function nodeAddressSpan({ publicRange, floatingRange }: OverlaySettings): {
  readonly first: bigint;
  readonly last: bigint;
} {
  return { first: rangeOf(publicRange).first + 1n, last: rangeOf(floatingRange).first - 1n };
}

/** Gives an overlay that a flavor asks for its numbers. */
function planOverlay(request: OverlayRequest, settings: OverlaySettings, nodes: readonly PlannedNode[]): OverlayShape {
  return {
    bridge: request.bridge,
    block: request.vniBlock,
    port: settings.port,
    topology: settings.topology,
    driver: settings.driver,
    tunnels: nodes
      .filter(({ number }) => number !== PRIMARY_NUMBER)
      .map(({ name, number }) => ({
        between: [nodeName(PRIMARY_NUMBER), name] as const,
        vni: vniOf(settings.vniBase, request.vniBlock, number),
      })),
    ...(request.addressed ? planAddresses(settings, nodes) : { addresses: {} }),
    ...(request.patchTo === undefined ? {} : { patchTo: request.patchTo }),
  };
}

/** Node n has the n-th address of the public range's part for nodes, the primary the one before them all. */
function planAddresses(
  settings: OverlaySettings,
  nodes: readonly PlannedNode[],
): { readonly addresses: Readonly<Record<string, string>>; readonly nodeSpan: NonNullable<Overlay["nodeSpan"]> } {
  const { family, prefixLength } = rangeOf(settings.publicRange);
  const { first, last } = nodeAddressSpan(settings);
  const addresses = nodes.map(({ name, number }) => [
    name,
    `${formatAddress({ family, value: first + BigInt(number) })}/${prefixLength}`,
  ]);
  return {
    addresses: Object.fromEntries(addresses),
    nodeSpan: { first: formatAddress({ family, value: first }), last: formatAddress({ family, value: last }) },
  };
}
