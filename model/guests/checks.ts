/** What is proven with probe guests: what tempest needs of nested VMs, and what DHCP needs. */
import { echoHeaders } from "../verification.ts";
import type { ProbeNamespace } from "./names.ts";
import type { GuestNetwork, ProbeGuest, ProbeNode } from "./plan.ts";

/** How a check is made. */
export type Probe =
  /** One echo request and its answer. */
  | { readonly method: "ping"; readonly address: string; readonly size: number; readonly dontFragment: boolean }
  /** A TCP connection to the guest's SSH server, which says what it is. */
  | { readonly method: "greeting"; readonly address: string }
  /** An SSH login that sends a megabyte along and gets its checksum back; gives a result of kind `transfer` besides. */
  | { readonly method: "login"; readonly address: string }
  /** An echo request to everyone; gives a result for each guest. */
  | { readonly method: "broadcast"; readonly address: string; readonly guests: readonly ProbeGuest[] }
  /** An echo request over the overlay's MTU: it may be lost, but not be carried in fragments. */
  | { readonly method: "too-long"; readonly address: string; readonly size: number }
  /** An address that nobody may have on the network behind an interface of the router's namespace. */
  | { readonly method: "absence"; readonly address: string; readonly interface: RouterInterface };

/** Interfaces in a router's namespace: towards floating addresses, and the switch of the guests. */
export type RouterInterface = "public" | "guests";

/** One check with probe guests. */
export interface GuestCheck {
  readonly kind: "guest-ping" | "guest-tcp" | "guest-ssh" | "broadcast" | "mtu" | "isolation";
  /** A node, or a guest as `<node>/<letter>`. */
  readonly from: string;
  /** A node, a guest, or a network. */
  readonly to: string;
  /** Node whose namespace it is made in. */
  readonly node: string;
  /** Bridge of the network it goes over, where it is one only. */
  readonly over?: string;
  /** The namespace; absent for the node's own. */
  readonly namespace?: ProbeNamespace;
  readonly probe: Probe;
}

/** Payload of a small ping in bytes: the usual one of `ping`. */
const SMALL_PAYLOAD = 56;

/** Every check of the guests, of one node after the other. */
export function planGuestChecks(network: GuestNetwork): readonly GuestCheck[] {
  const [primary] = network.nodes;
  if (primary === undefined) return [];
  const checks = [
    ...network.nodes.flatMap(({ guests }) => guests).flatMap((guest) => fromPrimary(primary, guest, network)),
    ...network.nodes.flatMap((node) => [
      ...betweenGuests(node, network),
      ...broadcasts(node, network),
      ...isolation(node, network),
    ]),
  ];
  return checks.map((check) => ({ ...check, ...overOf(check, network) }));
}

/** By the address: fixed ones are on the guests' network, floating ones on the public one unless the primary routes for all. */
function overOf({ probe, kind }: GuestCheck, network: GuestNetwork): { readonly over?: string } {
  if (kind === "isolation") return {};
  const isFloating = network.nodes.some(({ guests }) => guests.some(({ floating }) => floating === probe.address));
  const isPublic = isFloating && network.picture.routedBy === "own-node";
  const over = isPublic ? network.publicOverlay : network.networkBridge;
  return over === undefined ? {} : { over };
}

/** What tempest does. */
function fromPrimary({ name }: ProbeNode, guest: ProbeGuest, { mtu }: GuestNetwork): readonly GuestCheck[] {
  const check = { from: name, to: guest.name, node: name };
  const address = guest.floating;
  return [
    { ...check, kind: "guest-ping", probe: ping(address, SMALL_PAYLOAD) },
    { ...check, kind: "mtu", probe: ping(address, fullPayload(mtu)) },
    { ...check, kind: "guest-tcp", probe: { method: "greeting", address } },
    { ...check, kind: "guest-ssh", probe: { method: "login", address } },
  ];
}

/** Each node's first guest to those of the other nodes and to its neighbour; the second one sends what is too long. */
function betweenGuests(node: ProbeNode, network: GuestNetwork): readonly GuestCheck[] {
  const [first, second] = node.guests;
  if (first === undefined || second === undefined) return [];
  const sharesNetwork = network.networkBridge !== undefined;
  const across = network.nodes.filter(({ name }) => name !== node.name);
  const firsts = across.flatMap(({ guests }) => guests.slice(0, 1));
  const from = { from: first.name, node: node.name, namespace: first.letter } as const;
  const pings = (to: ProbeGuest, address: string): readonly GuestCheck[] => [
    { ...from, to: to.name, kind: "guest-ping", probe: ping(address, SMALL_PAYLOAD) },
    { ...from, to: to.name, kind: "mtu", probe: ping(address, fullPayload(network.mtu)) },
  ];
  return [
    ...[second, ...firsts].flatMap((to) => pings(to, to.floating)),
    ...[second, ...(sharesNetwork ? firsts : [])].flatMap((to) => pings(to, to.fixed)),
    ...tooLong(node, second, network),
  ];
}

/** Along the tunnels only: all but the primary's are one hop of a longer way. */
function tooLong(node: ProbeNode, { name, letter }: ProbeGuest, network: GuestNetwork): readonly GuestCheck[] {
  const [primary, ...subnodes] = network.nodes;
  const peers = node === primary ? subnodes : network.nodes.slice(0, 1);
  const size = fullPayload(network.mtu) + 1;
  return peers.flatMap(({ guests: [, peer] }) => {
    if (peer === undefined) return [];
    const addresses = [
      ...(network.picture.routedBy === "own-node" ? [peer.floating] : []),
      ...(network.networkBridge === undefined ? [] : [peer.fixed]),
    ];
    return addresses.map((address) => ({
      kind: "mtu" as const,
      from: name,
      to: peer.name,
      node: node.name,
      namespace: letter,
      probe: { method: "too-long" as const, address, size },
    }));
  });
}

/** What DHCP needs of the guests' network: a frame to everyone reaches everyone. */
function broadcasts({ name, guests: [first] }: ProbeNode, network: GuestNetwork): readonly GuestCheck[] {
  if (network.networkBridge === undefined || first === undefined) return [];
  const everyoneElse = network.nodes.flatMap(({ guests }) => guests).filter((guest) => guest !== first);
  return [
    {
      kind: "broadcast",
      from: first.name,
      to: "every guest",
      node: name,
      namespace: first.letter,
      probe: { method: "broadcast", address: network.fixedBroadcast, guests: everyoneElse },
    },
  ];
}

/** No fixed address shows on the public network, and no floating address on the guests' network. */
function isolation(node: ProbeNode, network: GuestNetwork): readonly GuestCheck[] {
  const check = { kind: "isolation", from: node.name, node: node.name, namespace: "router" } as const;
  const others = network.nodes.filter(({ name }) => name !== node.name);
  const absence = (address: string, on: RouterInterface): Probe => ({ method: "absence", address, interface: on });
  return others.flatMap(({ guests }) =>
    guests
      .slice(0, 1)
      .flatMap((guest) => [
        ...(node.gateway === undefined ? [] : [{ ...check, to: guest.name, probe: absence(guest.fixed, "public") }]),
        ...(network.networkBridge === undefined
          ? []
          : [{ ...check, to: guest.name, probe: absence(guest.floating, "guests") }]),
      ]),
  );
}

function ping(address: string, size: number): Probe {
  return { method: "ping", address, size, dontFragment: size !== SMALL_PAYLOAD };
}

/** ICMP payload that makes an IPv4 packet of exactly the MTU. */
function fullPayload(mtu: number): number {
  return mtu - echoHeaders.IPv4;
}
