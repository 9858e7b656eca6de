/** Makes one piece of work out of what many resources ask of a node in the same moment: each channel and each program costs. */
import type { NodeHandle } from "./node-handle.ts";
import { keyOf } from "./pool.ts";

/** Most requests in one piece of work, so that it ends well within a step's deadline. */
const MOST_AT_ONCE = 50;

/** A request, and who waits for its result. */
interface Asked<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Gives a function that asks for one thing on a node. While a piece of work is under way there, requests wait; then all that
 * wait are one piece.
 *
 * @param work does what was asked for, and gives a result for each item, in their order; when it fails, all have failed
 */
export function together<Item, Result>(
  work: (node: NodeHandle, items: readonly Item[]) => Promise<readonly Result[]>,
): (node: NodeHandle, item: Item) => Promise<Result> {
  const waiting = new Map<string, Asked<Item, Result>[]>();
  return async (node, item) =>
    await new Promise<Result>((resolve, reject) => {
      const key = keyOf(node);
      const asked = { item, resolve, reject };
      const queue = waiting.get(key);
      if (queue !== undefined) {
        queue.push(asked);
        return;
      }
      const started = [asked];
      waiting.set(key, started);
      void workOff(node, started, work, () => waiting.delete(key));
    });
}

/**
 * Works a queue off until it is empty; never fails itself.
 *
 * @param atEnd called in the moment in which it is empty: who asks later begins a queue of their own
 */
async function workOff<Item, Result>(
  node: NodeHandle,
  queue: Asked<Item, Result>[],
  work: (node: NodeHandle, items: readonly Item[]) => Promise<readonly Result[]>,
  atEnd: () => void,
): Promise<void> {
  while (queue.length > 0) {
    const taken = queue.splice(0, MOST_AT_ONCE);
    try {
      const results = await work(
        node,
        taken.map(({ item }) => item),
      );
      for (const [index, { resolve, reject }] of taken.entries()) {
        const result = results[index];
        if (result === undefined) reject(new Error(`the work on ${node.name} gave no result for one of its parts`));
        else resolve(result);
      }
    } catch (error) {
      for (const { reject } of taken) reject(error);
    }
  }
  atEnd();
}
