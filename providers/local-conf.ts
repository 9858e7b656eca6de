/** A node's devstack configuration file. */
import type * as pulumi from "@pulumi/pulumi";
import { MultinodeResource } from "./dynamic.ts";
import type { Recorded } from "./marked-object.ts";
import type { NodeHandle } from "./remote/node-handle.ts";

/** Resolved inputs of a local.conf. */
export interface LocalConfInputs {
  node: NodeHandle;
  /** `<stack>-<id>`: whose mark the file carries in its first line. */
  environment: string;
  /** Logical name of the resource, for the mark. */
  resource: string;
  /** Absolute path on the node. */
  path: string;
  /** Octal permissions, e.g. `600`. */
  mode: string;
  /** User the file belongs to. */
  owner: string;
  /** The text, with a placeholder for each secret: shown as it is in previews. */
  content: string;
  /** Name → value of the secrets; encrypted in the state, in clear only in the file on the node. */
  secrets: Record<string, string>;
}

/** What is recorded of a local.conf. */
export interface LocalConfOutputs extends LocalConfInputs, Recorded {
  /** New when the text or a secret in it was written anew, and not with mode or owner: what was made from it is out of date. */
  contentRevision: string;
  /** Whether the folder was made for the file, and goes with it when it is empty then. */
  madeFolder: boolean;
}

/** What the program gives for a local.conf. */
export interface LocalConfArgs {
  readonly node: pulumi.Input<NodeHandle>;
  readonly environment: pulumi.Input<string>;
  readonly path: string;
  readonly mode: string;
  readonly owner: string;
  readonly content: pulumi.Input<string>;
  /** Has to be a secret. */
  readonly secrets: pulumi.Input<Record<string, string>>;
}

/** A node's local.conf. Content, owner and mode change in place; a file that carries no mark of this stack is refused. */
export class LocalConf extends MultinodeResource {
  declare readonly revision: pulumi.Output<string>;
  declare readonly contentRevision: pulumi.Output<string>;

  constructor(name: string, args: LocalConfArgs, options: pulumi.CustomResourceOptions) {
    const secret = { ...options, additionalSecretOutputs: ["secrets"] };
    const found = { generation: undefined, revision: undefined, contentRevision: undefined, madeFolder: undefined };
    super("localConf", name, { ...args, resource: name, ...found }, secret, "devstack", "LocalConf");
  }
}
