/** IP addresses and ranges: reading, writing, comparing them, and finding a free one. */
import { Address4, Address6 } from "ip-address";

/** The two versions of IP. */
export type Family = "IPv4" | "IPv6";

/** Bits in an address of each family (RFC 791, RFC 8200). */
export const addressBits = { IPv4: 32, IPv6: 128 } as const satisfies Record<Family, number>;

/** An address as a number. */
export interface Address {
  readonly family: Family;
  readonly value: bigint;
}

/** A range of addresses with one prefix. */
export interface Range {
  readonly family: Family;
  /** Length of the prefix in bits. */
  readonly prefixLength: number;
  /** The network address. */
  readonly first: bigint;
  /** The last address (IPv4: the broadcast address). */
  readonly last: bigint;
}

/** Reads an address without a prefix length; undefined when it is none. */
export function parseAddress(text: string): Address | undefined {
  if (text.includes("/") || text.includes("%")) {
    return undefined;
  }
  if (Address4.isValid(text)) {
    return { family: "IPv4", value: new Address4(text).bigInt() };
  }
  return Address6.isValid(text) ? { family: "IPv6", value: new Address6(text).bigInt() } : undefined;
}

/** Writes an address in its usual short form (IPv6: RFC 5952). */
export function formatAddress({ family, value }: Address): string {
  return family === "IPv4" ? Address4.fromBigInt(value).correctForm() : Address6.fromBigInt(value).correctForm();
}

/**
 * Reads a CIDR such as `10.20.0.0/16`, whatever address inside the range it names.
 * Undefined when it is none.
 */
export function parseRange(cidr: string): Range | undefined {
  const match = /^([^/]+)\/(\d{1,3})$/.exec(cidr);
  const address = parseAddress(match?.[1] ?? "");
  const prefixLength = Number(match?.[2]);
  if (address === undefined || prefixLength > addressBits[address.family]) {
    return undefined;
  }
  return rangeAround(address, prefixLength);
}

/** The range of a given prefix length that holds an address. */
export function rangeAround({ family, value }: Address, prefixLength: number): Range {
  const size = 1n << BigInt(addressBits[family] - prefixLength);
  const first = value - (value % size);
  return { family, prefixLength, first, last: first + size - 1n };
}

/**
 * The range of a CIDR that has been validated before.
 * @throws RangeError when it is no CIDR, which is a mistake of the program.
 */
export function rangeOf(cidr: string): Range {
  const range = parseRange(cidr);
  if (range === undefined) {
    throw new RangeError(`expected a CIDR such as 10.20.0.0/16, given ${cidr}`);
  }
  return range;
}

/** Writes a range as a CIDR. */
export function formatRange({ family, first, prefixLength }: Range): string {
  return `${formatAddress({ family, value: first })}/${prefixLength}`;
}

/** Number of addresses in a range. */
export function rangeSize(range: Range): bigint {
  return range.last - range.first + 1n;
}

/** The second half of a range. */
export function upperHalf(range: Range): Range {
  return rangeAround({ family: range.family, value: range.last }, range.prefixLength + 1);
}

/** Whether two CIDRs have an address in common. */
export function overlaps(a: string, b: string): boolean {
  return rangesMeet(rangeOf(a), rangeOf(b));
}

/** Whether a CIDR lies inside another, or is the same. */
export function contains(outer: string, inner: string): boolean {
  const [a, b] = [rangeOf(outer), rangeOf(inner)];
  return a.family === b.family && a.first <= b.first && b.last <= a.last;
}

/** Ranges for private use (RFC 1918, RFC 4193), where free ranges are looked for. */
const privateRanges = {
  IPv4: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"],
  IPv6: ["fd00::/8"],
} as const satisfies Record<Family, readonly string[]>;

/**
 * A range of private use to propose in place of one that meets others: of the same family and size,
 * as near behind the wanted one as there is; smaller only when no free one of that size exists.
 * @param used CIDRs that the result does not meet.
 * @throws RangeError when all private ranges of the family are in use.
 */
export function freeRange(used: readonly string[], wanted: string): string {
  const range = rangeOf(wanted);
  const taken = used.map(rangeOf).filter(({ family }) => family === range.family);
  const pools = privateRanges[range.family].map(rangeOf);
  const own = pools.find((pool) => pool.first <= range.first && range.last <= pool.last);
  const fromWanted = own === undefined ? [] : [{ ...own, first: range.first }];
  for (let prefixLength = range.prefixLength; prefixLength <= addressBits[range.family]; prefixLength++) {
    for (const pool of [...fromWanted, ...pools]) {
      const found = firstFree(pool, prefixLength, taken);
      if (found !== undefined) {
        return formatRange(found);
      }
    }
  }
  throw new RangeError(`expected a free private ${range.family} range, found none beside ${used.join(", ")}`);
}

/** The lowest free range of a prefix length inside a pool. */
function firstFree(pool: Range, prefixLength: number, taken: readonly Range[]): Range | undefined {
  const { family } = pool;
  const size = 1n << BigInt(addressBits[family] - prefixLength);
  let first = roundUp(pool.first, size);
  while (first + size - 1n <= pool.last) {
    const candidate = rangeAround({ family, value: first }, prefixLength);
    const obstacle = taken.find((range) => rangesMeet(range, candidate));
    if (obstacle === undefined) {
      return candidate;
    }
    first = roundUp(obstacle.last + 1n, size);
  }
  return undefined;
}

function rangesMeet(a: Range, b: Range): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

/** The least multiple of a size that is not below a value. */
function roundUp(value: bigint, size: bigint): bigint {
  return ((value + size - 1n) / size) * size;
}
