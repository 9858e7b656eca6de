/** Nodes whose hosts the configuration gives up: what was on them counts as gone, and nobody asks them. */
import { AsyncLocalStorage } from "node:async_hooks";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { CONFIG_NAMESPACE } from "../model/schema/write.ts";

/** Where the configuration names them. */
export const ABANDON_KEY = "nodes.inventory.abandon";

/** Names of the stack's abandoned nodes, for the call that runs. */
const abandoned = new AsyncLocalStorage<readonly string[]>();

/** A run is about one stack, and its file does not change meanwhile. */
const known = new Map<string, readonly string[]>();

/** Whether the node's host is given up. */
export function isAbandoned(node: string): boolean {
  return abandonedNodes().includes(node);
}

/** Names of the nodes whose hosts are given up. */
export function abandonedNodes(): readonly string[] {
  return abandoned.getStore() ?? [];
}

/**
 * Does work on a stack's objects, with the nodes in mind that it abandons. They are read from the stack's file in the
 * project's folder, where providers run: a program tells nothing to `destroy`, which does not run it.
 *
 * @param environment `<stack>-<id>`; without one no node is abandoned
 */
export function mindingAbandoned<Result>(environment: string | undefined, work: () => Result): Result {
  const stack = environment?.replace(/-[0-9a-f]+$/, "");
  return abandoned.run(stack === undefined ? [] : abandonedBy(stack), work);
}

function abandonedBy(stack: string): readonly string[] {
  const names = known.get(stack) ?? namesIn(join(process.cwd(), `Pulumi.${stack}.yaml`));
  known.set(stack, names);
  return names;
}

/** What is wrong in the file, or that there is none, is for Pulumi and the program to tell. */
function namesIn(file: string): readonly string[] {
  try {
    const { config } = parse(readFileSync(file, "utf8")) as { config?: Record<string, unknown> };
    const nodes = config?.[`${CONFIG_NAMESPACE}:nodes`] as { inventory?: { abandon?: unknown } } | undefined;
    const names = nodes?.inventory?.abandon;
    return Array.isArray(names) ? names.filter((name) => typeof name === "string") : [];
  } catch {
    return [];
  }
}
