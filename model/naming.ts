/** Every name that is made out of other names. A cut or changed name gets a hash tail, so that two never meet. */
import { formatAddress, parseAddress } from "./addresses.ts";

/** Longest name of a Linux network interface: IFNAMSIZ (16) less the closing zero byte. */
export const INTERFACE_NAME_LENGTH = 15;

/** Longest label of a host name (RFC 1035, section 2.3.4). */
export const HOST_NAME_LENGTH = 63;

/** Characters of a hash tail: 36^6 is the highest power that fits into 32 bits. */
const TAIL_LENGTH = 6;

/** A name for a Linux network interface: the parts joined by `-`, at most 15 characters. */
export function interfaceName(...parts: readonly string[]): string {
  const wanted = parts.join("-");
  return shortened(wanted, wanted.replaceAll(/[^A-Za-z0-9_.-]+/g, "-"), INTERFACE_NAME_LENGTH);
}

/** A host name of one label: the stack and the node's name, in lower case, at most 63 characters. */
export function hostName(stack: string, node: string): string {
  const wanted = `${stack}-${node}`.toLowerCase();
  const valid = wanted.replaceAll(/[^a-z0-9-]+/g, "-").replaceAll(/^-+/g, "");
  return shortened(wanted, valid, HOST_NAME_LENGTH);
}

/** Longest tag of a server (nova's API reference); names of other things in a cloud may be longer. */
export const CLOUD_NAME_LENGTH = 60;

/** A name or tag for an object in a cloud: the parts joined by `-`, at most 60 characters. */
export function cloudName(...parts: readonly string[]): string {
  const wanted = parts.join("-");
  return shortened(wanted, wanted.replaceAll(/[^A-Za-z0-9_.-]+/g, "-"), CLOUD_NAME_LENGTH);
}

/** A logical name of a Pulumi resource: the parts in kebab-case, the parent's name first. */
export function logicalName(...parts: readonly (string | number)[]): string {
  return parts
    .map((part) =>
      String(part)
        .replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2")
        .replaceAll(/[^A-Za-z0-9]+/g, "-")
        .replaceAll(/^-+|-+$/g, "")
        .toLowerCase(),
    )
    .filter((part) => part !== "")
    .join("-");
}

/**
 * The Open vSwitch port of a tunnel's end: `<bridge>_<peer's underlay address>`, the predecessor's name.
 * It names no kernel interface, so it may be longer than 15 characters. An IPv6 address stands as a hash,
 * which is the same however the address is written.
 */
export function tunnelPortName(bridge: string, peerAddress: string): string {
  const address = parseAddress(peerAddress);
  if (address?.family === "IPv6") {
    return `${bridge}_v6-${hashTail(formatAddress(address))}`;
  }
  return `${bridge}_${peerAddress}`;
}

/** The valid form of a name when it is the wanted one and fits, else its head with a hash of the wanted one. */
function shortened(wanted: string, valid: string, length: number): string {
  if (valid === wanted && valid.length <= length) {
    return valid;
  }
  const head = valid.slice(0, length - TAIL_LENGTH - 1).replaceAll(/-+$/g, "");
  return head === "" ? hashTail(wanted) : `${head}-${hashTail(wanted)}`;
}

/** Six characters of base 36 that depend on every character of a text (FNV-1a, then MurmurHash3's final mix). */
function hashTail(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  hash = (hash ^ (hash >>> 16)) >>> 0;
  return (hash % 36 ** TAIL_LENGTH).toString(36).padStart(TAIL_LENGTH, "0");
}
