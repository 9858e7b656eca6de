/** What makes and reads overlay bridges and tunnel ends on a node: one file beside this one each, one line in `index.ts`. */
import type { Mark } from "../mark.ts";
import type { ShellText } from "../remote/quote.ts";

/** An overlay bridge as wanted on a node. */
export interface BridgeWish {
  bridge: string;
  /** MTU in bytes. */
  mtu: number;
  /** Addresses with prefix length; a bridge of a guest network has none. */
  addresses: readonly string[];
  mark: Mark;
}

/** An overlay bridge as found on a node. */
export interface FoundBridge {
  /** Undefined for one that carries no mark of ours. */
  mark: Mark | undefined;
  /** MTU in bytes; the one asked for where that and the interface's differ. */
  mtu: number;
  up: boolean;
  /** All its addresses of global scope, with prefix length. */
  addresses: string[];
}

/** One end of a tunnel as wanted on a node. */
export interface TunnelEndWish {
  bridge: string;
  /** Underlay address of this node. */
  local: string;
  /** Underlay address of the other node. */
  remote: string;
  vni: number;
  /** UDP port. */
  port: number;
  mark: Mark;
}

/** What names a tunnel end on a node. */
export type TunnelEndName = Pick<TunnelEndWish, "bridge" | "remote">;

/** One end of a tunnel as found on a node. */
export interface FoundTunnelEnd {
  mark: Mark | undefined;
  /** Address that packets are sent from, and taken at. */
  local: string;
  remote: string;
  vni: number;
  port: number;
  /** Why the end does not work though it is there, in the driver's own words; empty when it does. */
  fault: string;
}

/**
 * Scripts and the meaning of what they print. Every `make…` script is idempotent, refuses a foreign object by leaving it
 * and printing what `find…` prints, and ends with what `find…` prints: what was written is always read back.
 */
export interface BridgeDriver {
  makeBridge(wish: BridgeWish): ShellText;
  /** Prints the state of a bridge. */
  findBridge(bridge: string): ShellText;
  parseBridge(output: string): FoundBridge | undefined;
  /** Removes a bridge with its ports, if it carries this environment's mark and generation. */
  removeBridge(bridge: string, mark: Mark): ShellText;
  removeAddresses(bridge: string, addresses: readonly string[]): ShellText;
  /** The command that a person would remove a foreign bridge with. */
  removalHint(bridge: string): string;

  /** Name of a tunnel end's port or interface. */
  endName(bridge: string, remote: string): string;
  /** Makes ends, as many as can be with one call; one that cannot be made does not keep the others from it. */
  makeTunnelEnds(wishes: readonly TunnelEndWish[]): ShellText;
  /** Prints the state of ends, a line each, in their order. */
  findTunnelEnds(ends: readonly TunnelEndName[]): ShellText;
  parseTunnelEnd(line: string): FoundTunnelEnd | undefined;
  removeTunnelEnd(bridge: string, remote: string, mark: Mark): ShellText;
  /** The command that a person would remove a foreign tunnel end with. */
  endRemovalHint(bridge: string, remote: string): string;
}
