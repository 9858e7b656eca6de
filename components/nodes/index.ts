/** The node backends: which component makes the nodes of which backend. */
import type { NodesSettings } from "../../model/settings.ts";
import { LabNodes, type LabNodesArgs } from "./lab.ts";
import type { TestNode } from "./node-set.ts";

/** Makes a stack's test nodes. */
type NodeBackend = (args: LabNodesArgs) => readonly TestNode[];

const backends: Record<NodesSettings["backend"], NodeBackend> = {
  lab: (args) => new LabNodes("nodes", args).nodes,
};

/** The stack's test nodes, ordered by number, from the backend its settings name. */
export function testNodes(args: LabNodesArgs): readonly TestNode[] {
  return backends[args.settings.nodes.backend](args);
}
