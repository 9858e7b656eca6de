/** The underlay's MTU where no configuration says it: read on the nodes. */
import type * as pulumi from "@pulumi/pulumi";
import { MultinodeResource } from "./dynamic.ts";
import type { NodeHandle } from "./remote/node-handle.ts";

/** Resolved inputs of the measured MTU. */
export interface UnderlayMtuInputs {
  nodes: NodeHandle[];
  /** `<stack>-<id>`. */
  environment: string;
}

/** What was measured. */
export interface UnderlayMtuOutputs extends UnderlayMtuInputs {
  /** Smallest MTU on the routes between the nodes, in bytes. */
  mtu: number;
}

/**
 * The smallest MTU on the routes between the nodes: of each route, or of its interface where the route has none of its own.
 * Unknown in a stack's first preview only; a refresh measures again.
 */
export class UnderlayMtu extends MultinodeResource {
  /** Bytes. */
  declare readonly mtu: pulumi.Output<number>;

  constructor(
    name: string,
    args: { readonly nodes: pulumi.Input<NodeHandle[]>; readonly environment: pulumi.Input<string> },
    options: pulumi.CustomResourceOptions,
  ) {
    super("underlayMtu", name, { ...args, mtu: undefined }, options, "nodes", "UnderlayMtu");
  }
}
