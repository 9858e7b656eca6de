/** Ranges for the underlays of tests. */
import { randomInt } from "node:crypto";
import { formatRange, rangeAround, rangeOf } from "../../model/addresses.ts";
import { freeRangeHere } from "../../providers/lab/ranges.ts";

/** Where they are cut from, and how large each is unless something else is asked for. */
const RANGES = "10.128.0.0/9";
const RANGE_PREFIX = 20;

/** A range for an underlay; random, as tests beside this one look at the same time. */
export function randomRange(prefix = RANGE_PREFIX): string {
  const { family, first, prefixLength } = rangeOf(RANGES);
  const place = randomInt(2 ** (prefix - prefixLength));
  const value = first + (BigInt(place) << BigInt(32 - prefix));
  return formatRange(rangeAround({ family, value }, prefix));
}

/** The same, and nothing on this machine routes to it: somebody's own lab may lie among the tests' ranges. */
export async function freeTestRange(prefix = RANGE_PREFIX): Promise<string> {
  return await freeRangeHere(randomRange(prefix));
}
