/** The environment itself: its id, and its folder of generated files. */
import * as pulumi from "@pulumi/pulumi";
import { MultinodeResource } from "./dynamic.ts";

/** Resolved inputs of an environment. */
export interface EnvironmentInputs {
  /** Name of the Pulumi stack. */
  stack: string;
  /** Absolute path of the folder for generated files. */
  folder: string;
}

/** What is recorded of an environment. */
export interface EnvironmentOutputs extends EnvironmentInputs {
  /** Six hexadecimal digits, kept in the state: tells this environment from one of the same stack name in another state. */
  environmentId: string;
}

/**
 * The first resource of a stack and the last to go. Creating it makes nothing anywhere, so an interrupted run always
 * has it on record; deleting it removes the folder of generated files, and ends what killed runs of Pulumi left running.
 */
export class Environment extends MultinodeResource {
  declare readonly environmentId: pulumi.Output<string>;
  declare readonly folder: pulumi.Output<string>;
  /** `<stack>-<id>`: the owner in every mark. */
  readonly mark: pulumi.Output<string>;

  constructor(name: string, args: EnvironmentInputs, options: pulumi.CustomResourceOptions = {}) {
    super("environment", name, { ...args, environmentId: undefined }, options, "environment", "Environment");
    this.mark = pulumi.interpolate`${args.stack}-${this.environmentId}`;
  }
}
