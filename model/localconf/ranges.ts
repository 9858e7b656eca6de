/** What devstack's variables say of a range. */
import { formatAddress, rangeOf } from "../addresses.ts";

/** The first host of a range, where gateways are put, e.g. `172.24.5.1` of 172.24.5.0/24. */
export function firstHost(range: string): string {
  const { family, first } = rangeOf(range);
  return formatAddress({ family, value: first + 1n });
}
