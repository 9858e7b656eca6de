/** The node backends: which component makes the nodes of which backend. */
import type { NodesSettings } from "../../model/settings.ts";
import { InventoryNodes } from "./inventory.ts";
import { LabNodes } from "./lab.ts";
import type { NodesArgs, TestNode } from "./node-set.ts";
import { OpenstackNodes } from "./openstack.ts";

/** Makes a stack's test nodes. */
type NodeBackend = (args: NodesArgs) => readonly TestNode[];

const backends: Record<NodesSettings["backend"], NodeBackend> = {
  lab: (args) => new LabNodes("nodes", args).nodes,
  inventory: (args) => new InventoryNodes("nodes", args).nodes,
  openstack: (args) => new OpenstackNodes("nodes", args).nodes,
};

/** The stack's test nodes, ordered by number, from the backend its settings name. */
export function testNodes(args: NodesArgs): readonly TestNode[] {
  return backends[args.settings.nodes.backend](args);
}
