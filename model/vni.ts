/**
 * VXLAN network identifiers. Each overlay of a flavor draws from a block of its own, and within it each
 * peer's VNI follows from its number alone:
 *
 * | peer number | block `public`       | block `guest`        |
 * | ----------- | -------------------- | -------------------- |
 * | 1 to 127    | base + 1 + number    | base + 128 + number  |
 * | from 128    | base + 100000 + number | base + 200000 + number |
 *
 * The first row keeps the predecessor's numbers; there is room for 127 peers between its two blocks. The
 * second row starts far above it, with the peer's number readable in the VNI.
 */
import type { VniBlock } from "./flavors/flavor.ts";

/** Highest VNI: the field has 24 bits (RFC 7348, section 5). */
export const HIGHEST_VNI = 2 ** 24 - 1;

/** What VNIs are counted from when nothing else is given: the predecessor's number. */
export const DEFAULT_VNI_BASE = 1_000_000;

/** Highest number a node may have; the blocks of high numbers are one wider than that. */
export const HIGHEST_NODE_NUMBER = 99_999;

/** Peers with numbers up to this one keep the predecessor's VNIs. */
const LAST_LOW_NUMBER = 127;

/** What is added to base and number, by block. */
const offsets = {
  public: { low: 1, high: 100_000 },
  guest: { low: 128, high: 200_000 },
} as const satisfies Record<VniBlock, { readonly low: number; readonly high: number }>;

/** The VNI of the tunnel between the primary and the subnode of a number. */
export function vniOf(base: number, block: VniBlock, number: number): number {
  const { low, high } = offsets[block];
  return base + (number <= LAST_LOW_NUMBER ? low : high) + number;
}
