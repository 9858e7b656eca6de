/** The job's SSH key pair. */
import type * as pulumi from "@pulumi/pulumi";
import { MultinodeResource } from "./dynamic.ts";

/** Resolved inputs of a key pair. */
export interface KeyPairInputs {
  /** Comment of the public key: tells whoever finds it where it is from. */
  comment: string;
}

/** What is recorded of a key pair. */
export interface KeyPairOutputs extends KeyPairInputs {
  /** As in an OpenSSH `.pub` file: `ssh-ed25519 <base64> <comment>`. */
  publicKey: string;
  /** In OpenSSH's own format, without a passphrase; encrypted in the state. */
  privateKey: string;
}

/** An Ed25519 key pair that stays the same as long as the stack lives. */
export class KeyPair extends MultinodeResource {
  declare readonly publicKey: pulumi.Output<string>;
  declare readonly privateKey: pulumi.Output<string>;

  constructor(name: string, args: { readonly comment: pulumi.Input<string> }, options: pulumi.CustomResourceOptions) {
    const secret = { ...options, additionalSecretOutputs: ["privateKey"] };
    super("keyPair", name, { ...args, publicKey: undefined, privateKey: undefined }, secret, "environment", "KeyPair");
  }
}
