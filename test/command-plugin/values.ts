/** Property values as the engine sends them to a provider: secrets wrapped, assets as objects with a signature. */
import { isDeepStrictEqual } from "node:util";

/** Key that tells special objects from plain ones, and what it says of a secret. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** Properties of a resource. */
export type Properties = Readonly<Record<string, unknown>>;

/** A text or file that a program hands to a resource. */
export interface Asset {
  readonly hash?: string;
  readonly path?: string;
  readonly text?: string;
}

/** A value with every secret in it in the clear, to be used and never to be handed back. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value ?? undefined;
  const entries = value as Properties;
  if (entries[SIGNATURE] === SECRET) return plain(entries.value);
  return Object.fromEntries(Object.entries(entries).map(([key, inner]) => [key, plain(inner)]));
}

/** Names among `keys` whose values differ. */
export function changed(olds: Properties, news: Properties, keys: readonly string[]): string[] {
  return keys.filter((key) => !isDeepStrictEqual(comparable(olds[key]), comparable(news[key])));
}

/** Assets are the same when their contents are. */
function comparable(value: unknown): unknown {
  const known = plain(value);
  return typeof known === "object" && known !== null && "hash" in known ? known.hash : known;
}
