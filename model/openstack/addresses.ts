/** Addresses in a network that the stack makes in a cloud: the nodes' follow from their numbers, the cloud's own stay below. */
import { formatAddress, rangeOf } from "../addresses.ts";

/** Offset of the primary's address in the range; node n has the n-th after it. Below are router, DHCP and metadata. */
export const FIRST_NODE_ADDRESS = 10;

/** The fixed address of a node in the stack's own network. */
export function fixedAddress(range: string, number: number): string {
  return addressAt(range, FIRST_NODE_ADDRESS + number);
}

/** The router's address in the stack's own network. */
export function gatewayAddress(range: string): string {
  return addressAt(range, 1);
}

/** What the cloud may give away by itself, as DHCP servers need addresses too: never a node's. */
export function allocationPool(range: string): { readonly start: string; readonly end: string } {
  return { start: addressAt(range, 2), end: addressAt(range, FIRST_NODE_ADDRESS - 1) };
}

function addressAt(range: string, offset: number): string {
  const { family, first } = rangeOf(range);
  return formatAddress({ family, value: first + BigInt(offset) });
}
