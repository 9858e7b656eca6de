/** A pair of patch ports that joins two bridges of one node. */
import type * as pulumi from "@pulumi/pulumi";
import { MultinodeResource } from "./dynamic.ts";
import type { Recorded } from "./marked-object.ts";
import type { NodeHandle } from "./remote/node-handle.ts";

/** Resolved inputs of a patch pair. */
export interface PatchPairInputs {
  node: NodeHandle;
  /** `<stack>-<id>`: whose mark both ports carry. */
  environment: string;
  /** Logical name of the resource, for the mark. */
  resource: string;
  /** Names of the two bridges, the overlay's first. */
  bridges: string[];
  /** Their generations: another one makes the pair anew. */
  generations: string[];
  /** For each port the name of the port it is joined to; empty where the port was found missing. */
  peers: string[];
}

/** What is recorded of a patch pair. */
export interface PatchPairOutputs extends PatchPairInputs, Recorded {}

/**
 * Patch ports of Open vSwitch, one on each bridge, each the other's peer: on br-infra `patch-br-ex`, on br-ex
 * `patch-br-infra`, as neutron's own multinode jobs have them. Ports without our mark are refused.
 */
export class PatchPair extends MultinodeResource {
  declare readonly revision: pulumi.Output<string>;

  constructor(
    name: string,
    args: {
      readonly node: pulumi.Input<NodeHandle>;
      readonly environment: pulumi.Input<string>;
      readonly bridges: readonly [string, string];
      readonly generations: readonly [pulumi.Input<string>, pulumi.Input<string>];
    },
    options: pulumi.CustomResourceOptions,
  ) {
    const peers = args.bridges.map((bridge) => `patch-${bridge}`);
    super(
      "patchPair",
      name,
      { ...args, resource: name, peers, generation: undefined, revision: undefined },
      options,
      "overlay",
      "PatchPair",
    );
  }
}
