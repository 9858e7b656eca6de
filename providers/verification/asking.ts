/** Keeps the checks of a node together with a way to make those again that nobody answered. */
import { afterSecondAsking, worthAskingAgain } from "../../model/silence.ts";
import type { CheckResult } from "../../model/verification.ts";

/** When a check is made: among all others, or once more when they are over and nothing else runs. */
export type Turn = "first" | "again";

/**
 * Seconds in which every answer has to come the second time: twice what a guest is given among all others. What takes longer the
 * first time, such as a login, does so because of these; alone it takes a fraction of a second. A real failure is told later by as much.
 */
export const againSeconds = 4;

/** A check that was made, and its results: several where it proves several things. */
export interface Made<Check> {
  readonly check: Check;
  readonly results: readonly CheckResult[];
}

/** What came of the checks of a node so far. */
export interface Asked {
  readonly results: readonly CheckResult[];
  /** Makes the silent checks once more, and gives all results. */
  readonly askAgain: () => Promise<readonly CheckResult[]>;
}

/** Checks that nothing can be added to, such as those of a node that cannot be reached. */
export function final(results: readonly CheckResult[]): Asked {
  return { results, askAgain: async () => results };
}

/**
 * Checks that were made.
 *
 * @param again makes some of them a second time, in this order
 * @param others results besides, which are no check's own
 */
export function asked<Check>(
  first: readonly Made<Check>[],
  again: (checks: readonly Check[]) => Promise<readonly Made<Check>[]>,
  others: readonly CheckResult[] = [],
): Asked {
  const silent = first.filter(({ results }) => results.some((result) => result.silent));
  const all = [...first.flatMap(({ results }) => results), ...others];
  if (silent.length === 0) return final(all);
  const askAgain = async (): Promise<readonly CheckResult[]> => {
    // A node that fails now has answered before: what it said then stands.
    const second = await again(silent.map(({ check }) => check)).catch(() => []);
    const replaced = new Map(silent.map((made, index) => [made, second[index]?.results ?? []]));
    const settled = first.flatMap((made) => {
      const later = replaced.get(made);
      return later === undefined ? made.results : afterSecondAsking(made.results, later);
    });
    return [...settled, ...others];
  };
  return { results: all, askAgain };
}

/**
 * The results of all nodes, after silence was asked again where that is worth it. To be called when the checks of all nodes are
 * over: all nodes are asked at once then, as that is less than what a few of them did before.
 *
 * @param say told how many are asked again
 */
export async function settle(nodes: readonly Asked[], say: (line: string) => void): Promise<readonly CheckResult[]> {
  const results = nodes.flatMap((node) => node.results);
  const silent = worthAskingAgain(results);
  if (silent === 0) return results;
  say(`${silent} of ${results.length} checks had no answer in time and are asked again`);
  const settled = await Promise.all(nodes.map(({ askAgain }) => askAgain()));
  return settled.flat();
}
