/** Files on this machine that the environment generates for its users. */
import type * as pulumi from "@pulumi/pulumi";
import { MultinodeResource } from "./dynamic.ts";

/** Resolved inputs of generated files. */
export interface GeneratedFilesInputs {
  /** Absolute path of the folder they go into. */
  folder: string;
  /** File name → text; written readable by their owner only. */
  files: Record<string, string>;
}

/** The files under `.multinode/<stack>`: rewritten when one is missing or was changed, removed with the stack. */
export class GeneratedFiles extends MultinodeResource {
  constructor(
    name: string,
    args: { readonly folder: pulumi.Input<string>; readonly files: pulumi.Input<Record<string, string>> },
    options: pulumi.CustomResourceOptions,
  ) {
    super("generatedFiles", name, { ...args }, options, "environment", "GeneratedFiles");
  }
}
