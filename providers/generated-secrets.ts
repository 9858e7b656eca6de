/** Secrets the stack makes up for itself. */
import type * as pulumi from "@pulumi/pulumi";
import { MultinodeResource } from "./dynamic.ts";

/** Resolved inputs of generated secrets. */
export interface GeneratedSecretsInputs {
  /** Names of the secrets, sorted. */
  names: string[];
}

/** What is recorded of generated secrets. */
export interface GeneratedSecretsOutputs extends GeneratedSecretsInputs {
  /** Name → value; encrypted in the state. */
  values: Record<string, string>;
}

/** Random values, one a name, that stay the same as long as the stack lives; a name added later gets one of its own. */
export class GeneratedSecrets extends MultinodeResource {
  declare readonly values: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: { readonly names: readonly string[] }, options: pulumi.CustomResourceOptions) {
    const secret = { ...options, additionalSecretOutputs: ["values"] };
    super("generatedSecrets", name, { ...args, values: undefined }, secret, "environment", "GeneratedSecrets");
  }
}
