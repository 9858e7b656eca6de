/** Which probe guests stand in for nested VMs on which node, and how they are plugged in. */
import { formatAddress, type Range, rangeOf, rangeSize } from "../addresses.ts";
import type { DriverName } from "../drivers.ts";
import type { GuestPicture } from "../flavors/flavor.ts";
import { flavors } from "../flavors/index.ts";
import type { Overlay, Plan, PlannedTunnel } from "../plan.ts";
import type { Settings } from "../settings.ts";
import { HIGHEST_VNI } from "../vni.ts";
import { type GuestLetter, probeLink } from "./names.ts";

/** What of a stack's settings the guests need beside the plan; small, as it is recorded with the verification. */
export interface GuestFacts {
  /** `<stack>-<id>`: whose mark everything temporary carries. */
  readonly environment: string;
  readonly driver: DriverName;
  /** UDP port of VXLAN. */
  readonly port: number;
  readonly vniBase: number;
  /** CIDRs of the public range, the floating range inside it, and the fixed range. */
  readonly publicRange: string;
  readonly floatingRange: string;
  readonly fixedRange: string;
}

/**
 * What a stack's settings say of it.
 *
 * @param environment `<stack>-<id>`
 */
export function guestFacts({ overlay, devstack }: Settings, environment: string): GuestFacts {
  const { driver, port, vniBase, publicRange, floatingRange } = overlay;
  const { fixedRange } = devstack;
  return { environment, driver, port, vniBase, publicRange, floatingRange, fixedRange };
}

/** A stand-in for a nested VM. */
export interface ProbeGuest {
  /** `<node>/<letter>`, e.g. `subnode-1/a`. */
  readonly name: string;
  readonly letter: GuestLetter;
  readonly fixed: string;
  readonly floating: string;
  /** MTU of its interface in bytes. */
  readonly mtu: number;
}

/** What a node carries for the time of the check. */
export interface ProbeNode {
  readonly name: string;
  readonly guests: readonly ProbeGuest[];
  /** The guests whose floating addresses are translated here; none where another node routes. */
  readonly translates: readonly ProbeGuest[];
  /** Address of the guests' gateway on this node, where it routes. */
  readonly gateway?: string;
  /** The gateway that the guests of this node use; it may be another node's. */
  readonly via: string;
}

/** The guests of a stack and the networks they hang on. */
export interface GuestNetwork {
  readonly picture: GuestPicture;
  readonly nodes: readonly ProbeNode[];
  /** MTU of the overlays in bytes. */
  readonly mtu: number;
  /** MTU in bytes of everything that a probe adds, so that frames over the overlay's MTU come as far as the overlay. */
  readonly largeMtu: number;
  readonly fixedPrefix: number;
  readonly publicPrefix: number;
  /** Broadcast address of the fixed range. */
  readonly fixedBroadcast: string;
  /** Bridge that routers plug floating addresses into. */
  readonly publicBridge: string;
  /** Bridge of the overlay that carries floating addresses: that bridge, or the one it is joined to; absent without one. */
  readonly publicOverlay?: string;
  /** Bridge that the guests' own network hangs on; absent where a node's guests share nothing with others. */
  readonly networkBridge?: string;
  /** Address with prefix length of the public gateway on a temporary public bridge; absent where an overlay has the bridge. */
  readonly temporaryGateway?: string;
  /** Temporary tunnels from the primary that stand for neutron's own; absent where none are needed. */
  readonly temporaryTunnels?: readonly PlannedTunnel[];
}

/** Why a stack's ranges hold no probe guests. */
export interface NoGuests {
  readonly reason: string;
}

/** Bytes that what a probe adds is larger than the overlay's MTU. */
const EXTRA_MTU = 100;

/** What is added to base and number for the VNI of a temporary tunnel: more than any block of `model/vni.ts` reaches. */
const TEMPORARY_VNI_OFFSET = 300_000;

const LETTERS = ["a", "b"] as const satisfies readonly GuestLetter[];

/** Addresses of the fixed range for each node: one for each guest and one for the router. */
const FIXED_PER_NODE = LETTERS.length + 1;

/** Addresses of a range that are for no guest: network, gateway, broadcast. */
const RESERVED = 3;

/**
 * The guests of a stack: two on each node, with addresses from the top of their ranges, where OpenStack gives its own from
 * the bottom. An address follows from the node's number alone.
 */
export function planGuests(plan: Plan, facts: GuestFacts): GuestNetwork | NoGuests {
  const [fixed, floating] = [rangeOf(facts.fixedRange), rangeOf(facts.floatingRange)];
  const highest = Math.max(...plan.nodes.map(({ number }) => number));
  const tooSmall = [
    shortage("floating range", facts.floatingRange, floating, (highest + 1) * LETTERS.length),
    shortage("fixed range", facts.fixedRange, fixed, (highest + 1) * FIXED_PER_NODE),
  ].filter((reason) => reason !== undefined);
  if (tooSmall.length > 0) return { reason: tooSmall.join("; ") };

  const { guests: picture } = flavors[plan.flavor];
  const publicOverlay = plan.overlays.find(({ block }) => block === "public");
  const largeMtu = plan.overlayMtu + EXTRA_MTU;
  const gatewayOf = (number: number): string => fromTop(fixed, number * FIXED_PER_NODE + LETTERS.length);
  const carried = plan.nodes.map(({ name, number }) => ({
    name,
    number,
    guests: LETTERS.map((letter, index) => ({
      name: `${name}/${letter}`,
      letter,
      fixed: fromTop(fixed, number * FIXED_PER_NODE + index),
      floating: fromTop(floating, number * LETTERS.length + index),
      mtu: letter === "b" ? largeMtu : plan.overlayMtu,
    })),
  }));
  const everyGuest = carried.flatMap(({ guests }) => guests);
  const nodes = carried.map(({ name, number, guests }): ProbeNode => {
    if (picture.routedBy === "own-node") return { name, guests, translates: guests, ...gatewayHere(gatewayOf(number)) };
    if (number === 0) return { name, guests, translates: everyGuest, ...gatewayHere(gatewayOf(0)) };
    return { name, guests, translates: [], via: gatewayOf(0) };
  });
  return {
    picture,
    nodes,
    mtu: plan.overlayMtu,
    largeMtu,
    fixedPrefix: fixed.prefixLength,
    fixedBroadcast: formatAddress({ family: fixed.family, value: fixed.last }),
    ...publicSide(publicOverlay, facts),
    ...networkSide(picture, plan, facts),
  };
}

function gatewayHere(gateway: string): { readonly gateway: string; readonly via: string } {
  return { gateway, via: gateway };
}

/** The bridge of floating addresses: an overlay's, or one made for the time of the check on the node that routes. */
function publicSide(
  overlay: Overlay | undefined,
  { publicRange, floatingRange, environment }: GuestFacts,
): Pick<GuestNetwork, "publicBridge" | "publicOverlay" | "publicPrefix" | "temporaryGateway"> {
  if (overlay !== undefined) {
    const { bridge, patchTo } = overlay;
    return { publicBridge: patchTo ?? bridge, publicOverlay: bridge, publicPrefix: rangeOf(publicRange).prefixLength };
  }
  const { family, first, prefixLength } = rangeOf(floatingRange);
  const gateway = `${formatAddress({ family, value: first + 1n })}/${prefixLength}`;
  return {
    publicBridge: probeLink(environment, "gateway"),
    publicPrefix: prefixLength,
    temporaryGateway: gateway,
  };
}

/** The network that guests of all nodes share, if the flavor has one. */
function networkSide(
  picture: GuestPicture,
  { nodes, overlays }: Plan,
  { environment, vniBase }: GuestFacts,
): Pick<GuestNetwork, "networkBridge" | "temporaryTunnels"> {
  const overlay = overlays.find(({ block }) => block === "guest");
  switch (picture.network) {
    case "node":
      return {};
    case "overlay":
      return overlay === undefined ? {} : { networkBridge: overlay.bridge };
    case "tunnels": {
      const [primary, ...subnodes] = nodes;
      const temporaryTunnels = subnodes.map(({ name, number }) => ({
        between: [primary?.name ?? "", name] as const,
        vni: temporaryVni(vniBase, number),
      }));
      return { networkBridge: probeLink(environment, "tunnels"), temporaryTunnels };
    }
    default:
      return picture.network satisfies never;
  }
}

/**
 * A VNI that no overlay's tunnel has, those of a flavor that is just being left included: behind the blocks of
 * `model/vni.ts`, or in front of them where they reach the last VNI there is.
 */
function temporaryVni(base: number, number: number): number {
  const behind = base + TEMPORARY_VNI_OFFSET + number;
  return behind <= HIGHEST_VNI ? behind : base - number;
}

function shortage(what: string, cidr: string, range: Range, needed: number): string | undefined {
  const free = rangeSize(range) - BigInt(RESERVED);
  if (free >= BigInt(needed)) return undefined;
  return `the ${what} ${cidr} has room for ${free > 0n ? free : 0n} probe addresses, the nodes' numbers need ${needed}`;
}

/** The address that is so many below a range's last host. */
function fromTop({ family, last }: Range, index: number): string {
  return formatAddress({ family, value: last - 1n - BigInt(index) });
}
