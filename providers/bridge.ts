/** An overlay bridge on one node. */
import type * as pulumi from "@pulumi/pulumi";
import type { DriverName } from "../model/drivers.ts";
import { MultinodeResource } from "./dynamic.ts";
import type { Recorded } from "./marked-object.ts";
import type { NodeHandle } from "./remote/node-handle.ts";

/** Resolved inputs of a bridge. */
export interface BridgeInputs {
  node: NodeHandle;
  /** `<stack>-<id>`: whose mark the bridge carries. */
  environment: string;
  /** Logical name of the resource, for the mark. */
  resource: string;
  driver: DriverName;
  bridge: string;
  /** MTU in bytes. */
  mtu: number;
  /** Always true; there so that a bridge found down shows as drift. */
  up: boolean;
  /** Addresses with prefix length, e.g. `172.24.4.1/23`. */
  addresses: string[];
  /** First and last address of the nodes' part of the public range: strays of it on the bridge are drift. */
  nodeSpan?: { first: string; last: string };
  /** Name of the overlay's bridge that patch ports join this one to; absent where this is the overlay's own. */
  joinedTo?: string;
  /**
   * New with every creation: what is plugged into the bridge is made anew when this changes. `check` fills it in and
   * keeps it, so that the preview of a change in place knows it, and announces no new tunnels.
   */
  generation: string;
}

/** What is recorded of a bridge. */
export interface BridgeOutputs extends BridgeInputs, Recorded {}

/** What the program gives for a bridge. */
export interface BridgeArgs {
  readonly node: pulumi.Input<NodeHandle>;
  readonly environment: pulumi.Input<string>;
  readonly driver: DriverName;
  readonly bridge: string;
  /** MTU in bytes. */
  readonly mtu: pulumi.Input<number>;
  readonly addresses: readonly string[];
  readonly nodeSpan?: { readonly first: string; readonly last: string };
  /** For a bridge that patch ports join to the overlay's: that one's name. */
  readonly joinedTo?: pulumi.Input<string>;
}

/**
 * An overlay bridge on one node: addresses, MTU, up. Changes happen in place; another node, bridge name, driver or
 * environment makes a new one. One that is joined to another goes before that is replaced, as its name may be the new one's.
 * A bridge of the same name that carries no mark of this stack is refused.
 */
export class Bridge extends MultinodeResource {
  declare readonly bridge: pulumi.Output<string>;
  declare readonly generation: pulumi.Output<string>;
  declare readonly revision: pulumi.Output<string>;

  constructor(name: string, args: BridgeArgs, options: pulumi.CustomResourceOptions) {
    super(
      "bridge",
      name,
      { ...args, resource: name, up: true, generation: undefined, revision: undefined },
      options,
      "overlay",
      "Bridge",
    );
  }
}
