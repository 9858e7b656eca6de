/** Waits without sleeping for a guess: looks again until something holds, or a deadline is over. */
import { setTimeout as pause } from "node:timers/promises";

/** Milliseconds between two looks. */
const LOOK_INTERVAL_MS = 25;

/**
 * Looks until `look` gives something other than undefined or false, and gives that.
 *
 * @param what completes "waited … s for", for the error
 * @throws Error after `seconds`
 */
export async function until<T>(
  what: string,
  seconds: number,
  look: () => T | Promise<T>,
): Promise<Exclude<T, undefined | false>> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen as Exclude<T, undefined | false>;
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s for ${what}`);
    await pause(LOOK_INTERVAL_MS);
  }
}
