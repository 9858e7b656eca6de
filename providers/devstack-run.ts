/** What the runs of devstack on a node live on. */
import type * as pulumi from "@pulumi/pulumi";
import { MultinodeResource } from "./dynamic.ts";
import type { Recorded } from "./marked-object.ts";
import type { NodeHandle } from "./remote/node-handle.ts";

/** Resolved inputs of a node's runs of devstack. */
export interface DevstackRunInputs {
  node: NodeHandle;
  /** `<stack>-<id>`: part of the folder's path on the node. */
  environment: string;
  /** User that runs devstack. */
  user: string;
  /** Folder of devstack's checkout. */
  tree: string;
  /** Names of localrc variables whose values are kept out of what is shown. */
  secretNames: string[];
  /** Longest time for unstack.sh, in seconds. */
  unstackSeconds: number;
  /** Whether the node goes with the stack: what cannot be undone on such a node keeps nobody from removing it. */
  goesWithStack: boolean;
}

/** What is recorded of them; with a new generation, what was stacked before counts no more. */
export interface DevstackRunOutputs extends DevstackRunInputs, Recorded {}

/**
 * A folder on the node for logs and for what was run. Deleting it runs unstack.sh, whatever became of stack.sh: a command that
 * failed when it was created is in no state, and its own delete would never run.
 */
export class DevstackRun extends MultinodeResource {
  declare readonly generation: pulumi.Output<string>;

  constructor(
    name: string,
    args: { readonly [Key in keyof DevstackRunInputs]: pulumi.Input<DevstackRunInputs[Key]> },
    options: pulumi.CustomResourceOptions,
  ) {
    super("devstackRun", name, { ...args, generation: undefined, revision: undefined }, options, "devstack", "Run");
  }
}
