/** The embedded lab: its record, its underlay, and its nodes on this machine. */
import type * as pulumi from "@pulumi/pulumi";
import { MultinodeResource } from "./dynamic.ts";
import type { LabIdentity } from "./lab/folders.ts";
import type { NodeSpec } from "./lab/node-spec.ts";
import type { UnderlaySpec } from "./lab/underlay.ts";
import type { NodeHandle } from "./remote/node-handle.ts";

/** Resolved inputs of the lab's record. */
export interface LabInputs {
  lab: LabIdentity;
}

/**
 * The lab's record, made before its first part: creating it makes nothing on this machine and fails where no lab can be.
 * Deleting it, last of all, sweeps whatever carries the lab's mark, also what an interrupted run did not record.
 */
export class Lab extends MultinodeResource {
  constructor(name: string, args: { readonly lab: pulumi.Input<LabIdentity> }, options: pulumi.CustomResourceOptions) {
    super("lab", name, { ...args }, options, "lab", "Lab");
  }
}

/** Resolved inputs of the lab's underlay. */
export interface LabUnderlayInputs {
  lab: LabIdentity;
  spec: UnderlaySpec;
  /** The project's folder, told to others who find this lab in their way. */
  project: string;
}

/** What is recorded of the underlay. */
export interface LabUnderlayOutputs extends LabUnderlayInputs {
  /** New with every creation: nodes have to be made anew with it, as their links end in it. */
  generation: string;
}

/** The routed underlay between the lab's nodes, and the route from this machine to them. */
export class LabUnderlay extends MultinodeResource {
  declare readonly generation: pulumi.Output<string>;

  constructor(
    name: string,
    args: { readonly lab: pulumi.Input<LabIdentity>; readonly spec: UnderlaySpec; readonly project: string },
    options: pulumi.CustomResourceOptions,
  ) {
    super("labUnderlay", name, { ...args, generation: undefined }, options, "lab", "Underlay");
  }
}

/** Resolved inputs of a lab node. */
export interface LabNodeInputs {
  lab: LabIdentity;
  spec: NodeSpec;
  /** Generation of the underlay the node is linked to. */
  underlay: string;
  /** The project's folder, hidden from the node. */
  project: string;
}

/** What is recorded of a lab node. */
export interface LabNodeOutputs extends LabNodeInputs {
  handle: NodeHandle;
}

/** A node of the lab: up and answering over SSH when created. Any change of its specification makes a new one. */
export class LabNode extends MultinodeResource {
  /** How it is reached; what lives on the node takes this as input. */
  declare readonly handle: pulumi.Output<NodeHandle>;

  constructor(
    name: string,
    args: {
      readonly lab: pulumi.Input<LabIdentity>;
      readonly spec: NodeSpec;
      readonly underlay: pulumi.Input<string>;
      readonly project: string;
    },
    options: pulumi.CustomResourceOptions,
  ) {
    super("labNode", name, { ...args, handle: undefined }, options, "lab", "Node");
  }
}
