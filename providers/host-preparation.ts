/** A node made ready for the job: one resource, as many parts as `host/index.ts` lists. */
import type * as pulumi from "@pulumi/pulumi";
import type { FirewallPlan } from "../model/host/firewall.ts";
import { MultinodeResource } from "./dynamic.ts";
import type { PartName } from "./host/index.ts";
import type { Recorded } from "./marked-object.ts";
import type { NodeHandle } from "./remote/node-handle.ts";

/** What every part's property says where nothing is wrong. */
export const AS_PLANNED = "as planned";

/**
 * Resolved inputs of a prepared host. Each part has a property of its name, always `AS_PLANNED`: what is found to be
 * otherwise shows as drift of that property, in words.
 */
export interface HostPreparationInputs extends Record<PartName, string> {
  node: NodeHandle;
  /** `<stack>-<id>`: whose mark everything carries. */
  environment: string;
  /** Logical name of the resource, for the mark. */
  resource: string;
  /** Every node of the job, this one included, as a line each (`peerLine`). */
  peers: string[];
  /** The user that runs devstack, and the home it is made with. */
  user: string;
  home: string;
  rules: FirewallPlan;
  needsOpenVswitch: boolean;
  /** Of the job's key pair. */
  publicKey: string;
  /** Encrypted in the state; in clear only in the files on the node. */
  privateKey: string;
}

/** What is recorded of a prepared host. */
export interface HostPreparationOutputs extends HostPreparationInputs, Recorded {}

/** What the program gives for a prepared host. */
export interface HostPreparationArgs {
  readonly node: pulumi.Input<NodeHandle>;
  readonly environment: pulumi.Input<string>;
  readonly peers: pulumi.Input<readonly string[]>;
  readonly user: string;
  readonly home: string;
  readonly rules: pulumi.Input<FirewallPlan>;
  readonly needsOpenVswitch: boolean;
  readonly publicKey: pulumi.Input<string>;
  /** Has to be a secret. */
  readonly privateKey: pulumi.Input<string>;
}

/**
 * A node made ready: the other nodes by name, SSH between all of them as root and as the stack's user, a firewall that
 * keeps strangers out of the tunnels, Open vSwitch where the driver needs it, and the user that runs devstack. Only what
 * is marked as ours is changed and, in the end, taken back; packages that were installed stay.
 */
export class HostPreparation extends MultinodeResource {
  /** The node's handle, once the node is ready: what needs a prepared host takes it from here. */
  declare readonly node: pulumi.Output<NodeHandle>;
  declare readonly revision: pulumi.Output<string>;

  constructor(name: string, args: HostPreparationArgs, options: pulumi.CustomResourceOptions) {
    const secret = { ...options, additionalSecretOutputs: ["privateKey"] };
    const found = { generation: undefined, revision: undefined };
    super("hostPreparation", name, { ...args, resource: name, ...found }, secret, "node", "HostPreparation");
  }
}
