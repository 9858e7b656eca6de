/** Makes one piece of work out of what many resources ask of a node in the same moment: each channel and each program costs. */
import type { NodeHandle } from "./node-handle.ts";
import { keyOf, waitForConnection } from "./pool.ts";

/** Most requests in one piece of work, so that it ends well within a step's deadline. */
const MOST_AT_ONCE = 50;

/** A request, and who waits for its result. */
interface Asked<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
}

/** What is done for several items of one node at once. */
export interface SharedWork<Item, Result> {
  /** Names the step, when it fails and while it is under way. */
  readonly step: (items: readonly Item[]) => string;
  /** Does it, and gives a result for each item, in their order; when it fails, all have failed. */
  readonly work: (node: NodeHandle, step: string, items: readonly Item[]) => Promise<readonly Result[]>;
}

/**
 * Gives a function that asks for one thing on a node. While the node is being connected to, or a piece of work is under way
 * there, requests wait; then all that wait are one piece.
 */
export function together<Item, Result>(
  shared: SharedWork<Item, Result>,
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
      void workOff(node, started, shared, () => waiting.delete(key));
    });
}

/** A line of what a script printed for each item, in their order; empty where it printed less. */
export function linesFor(items: readonly unknown[], printed: string): readonly string[] {
  const found = printed.split("\n");
  return items.map((_, index) => found[index] ?? "");
}

/** What a step is about, e.g. `bridge br-ex` or `bridges br_pub, br_flat`. */
export function named(kind: string, names: readonly string[]): string {
  return `${kind}${names.length === 1 ? "" : "s"} ${names.join(", ")}`;
}

/**
 * Works a queue off until it is empty; never fails itself.
 *
 * @param atEnd called in the moment in which it is empty: who asks later begins a queue of their own
 */
async function workOff<Item, Result>(
  node: NodeHandle,
  queue: Asked<Item, Result>[],
  { step, work }: SharedWork<Item, Result>,
  atEnd: () => void,
): Promise<void> {
  const named = (asked: readonly Asked<Item, Result>[]): string => step(asked.map(({ item }) => item));
  const [failure] = await Promise.allSettled([waitForConnection(node, () => named(queue))]);
  if (failure.status === "rejected") for (const { reject } of queue.splice(0)) reject(failure.reason);
  while (queue.length > 0) {
    const taken = queue.splice(0, MOST_AT_ONCE);
    try {
      const results = await work(
        node,
        named(taken),
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
