/** The known name a mistyped one most likely means. */
import { closest, distance } from "fastest-levenshtein";

/** The known name nearest to a given one; undefined when they are more than half different. */
export function nearest(given: string, known: readonly string[]): string | undefined {
  if (known.length === 0) {
    return undefined;
  }
  const fold = (text: string): string => text.toLowerCase().replaceAll(/[-_ ]/g, "");
  const found = known.find((name) => fold(name) === fold(given)) ?? closest(given, known as string[]);
  return distance(fold(given), fold(found)) <= Math.max(found.length, given.length) / 2 ? found : undefined;
}
