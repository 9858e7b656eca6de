/** Asks many nodes without asking all of them in the same moment. */
import pLimit from "p-limit";

/**
 * Nodes that make their checks at once. In a star every packet goes through the primary, and all nodes of a lab share one
 * machine: with 25 nodes at once, probes find nothing but each other.
 */
const NODES_AT_ONCE = 4;

/** Does the work for every node, for a few at a time in their order, and gives what came of it in that order. */
export async function fewAtOnce<Node, Result>(
  nodes: readonly Node[],
  work: (node: Node) => Promise<Result>,
): Promise<Result[]> {
  const limit = pLimit(NODES_AT_ONCE);
  return await Promise.all(nodes.map((node) => limit(work, node)));
}

/** How often a step's deadline can pass until all these nodes have done it. */
export function turnsFor(nodes: number): number {
  return Math.ceil(nodes / NODES_AT_ONCE);
}
