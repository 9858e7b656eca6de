/** What a look at the nodes found, for comparison with the plan. */

/** A bridge as found. */
export interface FoundBridge {
  /** MTU in bytes. */
  readonly mtu: number;
  readonly up: boolean;
  /** Addresses with prefix length. */
  readonly addresses: readonly string[];
  /** MAC address of its own interface. */
  readonly mac: string;
}

/** One end of a tunnel as found. */
export interface FoundEnd {
  /** Underlay address it sends to. */
  readonly remote: string;
  readonly vni: number;
  /** UDP port. */
  readonly port: number;
  /** Why it does not work though it is there; empty when it does. */
  readonly fault: string;
}

/** Packets that went through an end of a tunnel during a burst of broadcasts. */
export interface Traffic {
  readonly sent: number;
  readonly received: number;
}

/** A node as found. Ends and routes are by the name of the node at the other end. */
export interface FoundNode {
  readonly name: string;
  /** Why nothing could be looked at; absent where it could. The rest is empty then. */
  readonly unreachable?: string;
  /** By bridge; those that are not there are missing. */
  readonly bridges: Readonly<Record<string, FoundBridge>>;
  /** Overlay bridges whose patch ports to neutron's bridge are not as planned: what is wrong, by bridge. */
  readonly patches: Readonly<Record<string, string>>;
  /** By bridge and other node; those that are not there are missing. */
  readonly ends: Readonly<Record<string, Readonly<Record<string, FoundEnd>>>>;
  /** By bridge and other node; missing where nothing could be counted. */
  readonly traffic: Readonly<Record<string, Readonly<Record<string, Traffic>>>>;
  /** Routes to the underlay addresses of the nodes at the other ends: the kernel's answer, empty where there is none. */
  readonly routes: Readonly<Record<string, string>>;
  /** Rules of the node's firewall that drop packets of the tunnels' port, with their counters, as text. */
  readonly drops: readonly string[];
}
