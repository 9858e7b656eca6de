/** What becomes of checks that nobody answered: silence may come of load as well as of a fault, so they are asked again once. */
import type { CheckResult } from "./verification.ts";

/**
 * The largest share of all results that may be silent for silence to be asked again. Load delays a few answers; a node or a tunnel
 * that is gone takes a larger part of a small stack with it, and its failure shall not be told later than need be.
 */
const ACCIDENTAL_SHARE = 1 / 8;

/** How many of these results are worth asking again: the silent ones, or none where they are too many for an accident. */
export function worthAskingAgain(results: readonly CheckResult[]): number {
  const silent = results.filter((result) => result.silent).length;
  return silent <= results.length * ACCIDENTAL_SHARE ? silent : 0;
}

/**
 * What holds of a check after it was asked a second time.
 *
 * @param first its results, of which at least one is silent
 * @param second the same results in the same order; one that is missing leaves the first as it is
 */
export function afterSecondAsking(
  first: readonly CheckResult[],
  second: readonly CheckResult[],
): readonly CheckResult[] {
  return first.map((result, index) => {
    const later = second[index];
    if (!result.silent || later === undefined) return result;
    const how = later.held ? "only when asked again" : "also when asked again";
    return { ...later, askedAgain: true, detail: `${later.detail}, ${how}` };
  });
}
