/** The private key that a configuration holds, as the file that SSH needs. */
import type * as pulumi from "@pulumi/pulumi";
import { MultinodeResource } from "./dynamic.ts";

/** Resolved inputs of a login's key. */
export interface LoginKeyInputs {
  /** Absolute path of the file. */
  path: string;
  /** The key's text; encrypted in the state. */
  privateKey: string;
}

/**
 * A private key in a file that only its owner can read; removed with the stack. A refresh puts the file back where it is
 * missing, as nothing can be reached without it.
 */
export class LoginKey extends MultinodeResource {
  declare readonly path: pulumi.Output<string>;

  constructor(
    name: string,
    args: {
      readonly path: pulumi.Input<string>;
      /** Has to be a secret. */
      readonly privateKey: pulumi.Input<string>;
    },
    options: pulumi.CustomResourceOptions,
  ) {
    const secret = { ...options, additionalSecretOutputs: ["privateKey"] };
    super("loginKey", name, { ...args }, secret, "environment", "LoginKey");
  }
}
