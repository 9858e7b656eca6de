/** How a backend that makes its nodes is told which: a count of subnodes, or their numbers. */
import { z } from "zod";
import { asNumber, field } from "../schema/fields.ts";
import { HIGHEST_NODE_NUMBER } from "../vni.ts";

const subnodeNumber = z.int().min(1).max(HIGHEST_NODE_NUMBER);

/** A count of subnodes, or their numbers. */
export const subnodes = field(
  z
    .union([z.int().min(0).max(HIGHEST_NODE_NUMBER), z.array(subnodeNumber)])
    .refine((given) => !Array.isArray(given) || new Set(given).size === given.length, "each number only once")
    .transform((given) => (Array.isArray(given) ? given.toSorted((a, b) => a - b) : numbersTo(given))),
  {
    expected: `a count such as 2, or a list of different numbers from 1 to ${HIGHEST_NODE_NUMBER} such as [1, 3]`,
    example: 2,
    repair: (given) =>
      Array.isArray(given)
        ? [...new Set(given.map(asNumber))].filter((number) => subnodeNumber.safeParse(number).success)
        : asNumber(given),
  },
);

/** 1 to a count. */
function numbersTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
