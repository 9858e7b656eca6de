/** Waits for what a cloud was asked to delete. */
import { setTimeout as pause } from "node:timers/promises";

/** Milliseconds between two looks. */
const lookInterval = 1000;

/**
 * Looks until nothing is left, or time is up.
 *
 * @param look gives what is still there
 * @returns what was there at the last look
 */
export async function whatStays<Found>(
  seconds: number,
  look: () => Promise<readonly Found[]>,
): Promise<readonly Found[]> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const left = await look();
    if (left.length === 0 || Date.now() > deadline) return left;
    await pause(lookInterval);
  }
}
