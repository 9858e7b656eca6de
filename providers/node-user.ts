/** A user on a node. */
import type * as pulumi from "@pulumi/pulumi";
import { MultinodeResource, providerFor } from "./dynamic.ts";
import type { NodeHandle } from "./remote/node-handle.ts";

/** Resolved inputs of a user on a node. */
export interface NodeUserInputs {
  node: NodeHandle;
  /** `<stack>-<id>`: whose mark a user we make carries. */
  environment: string;
  /** Logical name of the resource, for the mark. */
  resource: string;
  user: string;
  /** Home directory, made with the user. */
  home: string;
}

/** What is recorded of the user. */
export interface NodeUserOutputs extends NodeUserInputs {
  generation: string;
  revision: string;
}

const provider = providerFor("nodeUser");

/**
 * The user that runs devstack. One that is there already is used as it is and stays; one we made carries our mark in
 * its comment field and is removed with its home.
 */
export class NodeUser extends MultinodeResource {
  declare readonly revision: pulumi.Output<string>;

  constructor(
    name: string,
    args: {
      readonly node: pulumi.Input<NodeHandle>;
      readonly environment: pulumi.Input<string>;
      readonly user: string;
      readonly home: string;
    },
    options: pulumi.CustomResourceOptions,
  ) {
    super(
      provider,
      name,
      { ...args, resource: name, generation: undefined, revision: undefined },
      options,
      "node",
      "User",
    );
  }
}
