/** What every node backend gives: test nodes that answer over SSH. */
import type * as pulumi from "@pulumi/pulumi";
import type { PlannedNode } from "../../model/plan.ts";
import type { Settings } from "../../model/settings.ts";
import type { Environment } from "../../providers/environment.ts";
import type { NodeHandle } from "../../providers/remote/node-handle.ts";

/** What every node backend is given. */
export interface NodesArgs {
  readonly settings: Settings;
  /** The nodes that there are to be, ordered by number. */
  readonly nodes: readonly PlannedNode[];
  /** Whose nodes they are. */
  readonly environment: Environment;
  /** Absolute path of the project's folder. */
  readonly project: string;
}

/** A test node that is there. */
export interface TestNode {
  readonly planned: PlannedNode;
  /** How it is reached. */
  readonly handle: pulumi.Output<NodeHandle>;
  /** MTU in bytes of the network it is on, where a cloud tells it. */
  readonly mtu?: pulumi.Output<number>;
  /**
   * The node's own resource, where the stack makes its nodes: what lives on the node needs no deletion of its own when this
   * is deleted.
   */
  readonly resource?: pulumi.Resource;
  /**
   * What all nodes go with, where there is such a thing: what joins nodes needs no deletion of its own when this is
   * deleted, also where one of them no longer answers.
   */
  readonly ground?: pulumi.Resource;
}

/** Options of a resource that lives on a node and goes with it. */
export function livesOn(node: TestNode, parent: pulumi.Resource): pulumi.CustomResourceOptions {
  return { parent, ...goesWith(node.resource) };
}

/** Options of a resource that joins nodes, and goes with what they all go with. */
export function joins(node: TestNode, parent: pulumi.Resource): pulumi.CustomResourceOptions {
  return { parent, ...goesWith(node.ground) };
}

function goesWith(resource: pulumi.Resource | undefined): pulumi.CustomResourceOptions {
  return resource === undefined ? {} : { deletedWith: resource };
}
