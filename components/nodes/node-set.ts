/** What every node backend gives: test nodes that answer over SSH. */
import type * as pulumi from "@pulumi/pulumi";
import type { PlannedNode } from "../../model/plan.ts";
import type { NodeHandle } from "../../providers/remote/node-handle.ts";

/** A test node that is there. */
export interface TestNode {
  readonly planned: PlannedNode;
  /** How it is reached. */
  readonly handle: pulumi.Output<NodeHandle>;
  /** What goes with the node: resources that live on it need no deletion of their own when this is deleted. */
  readonly resource: pulumi.Resource;
  /**
   * What all nodes go with, where there is such a thing: what joins nodes needs no deletion of its own when this is
   * deleted, also where one of them no longer answers.
   */
  readonly ground?: pulumi.Resource;
}
