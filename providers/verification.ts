/** The proof that a stack works, made as the last step of every `up` that changed anything. */
import type * as pulumi from "@pulumi/pulumi";
import type { Family } from "../model/addresses.ts";
import type { GuestFacts } from "../model/guests/plan.ts";
import type { Plan } from "../model/plan.ts";
import { MultinodeResource } from "./dynamic.ts";
import type { NodeHandle } from "./remote/node-handle.ts";

/** Resolved inputs of a verification. */
export interface VerificationInputs {
  plan: Plan;
  nodes: NodeHandle[];
  /** IP version of the underlay. */
  family: Family;
  /** Absolute path of the report with every check. */
  report: string;
  /** What probe guests need to know; absent where the proof is made between nodes only. */
  guests?: GuestFacts;
  /** Revisions of everything the proof depends on: it is made again when one of them changes. */
  revisions: string[];
}

/** What is recorded of a verification that held. */
export interface VerificationOutputs extends VerificationInputs {
  /** Number of checks made. */
  checks: number;
  /** Why the proof is not as deep as asked for; empty when it is. */
  note: string;
}

/** Checks the whole stack with packets. A check that fails fails the `up`, with the table of all checks. */
export class Verification extends MultinodeResource {
  declare readonly checks: pulumi.Output<number>;
  declare readonly note: pulumi.Output<string>;

  constructor(
    name: string,
    args: { readonly [Key in keyof VerificationInputs]: pulumi.Input<VerificationInputs[Key]> },
    options: pulumi.CustomResourceOptions,
  ) {
    super(
      "verification",
      name,
      { ...args, checks: undefined, note: undefined },
      options,
      "verification",
      "Verification",
    );
  }
}
