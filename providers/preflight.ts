/** Stand-in until the branch `preflight` is merged: learns host keys and gives handles. */
import type * as pulumi from "@pulumi/pulumi";
import { MultinodeResource, providerFor } from "./dynamic.ts";
import type { JumpHost, NodeHandle } from "./remote/node-handle.ts";

export interface PreflightHost {
  name: string;
  number: number;
  address: string;
  host: string;
  port: number;
  user: string;
  identityFile?: string;
  jump?: Omit<JumpHost, "hostKey"> & { hostKey?: string };
  hostKey?: string;
}

export interface PreflightInputs {
  hosts: PreflightHost[];
}

export interface PreflightOutputs extends PreflightInputs {
  handles: NodeHandle[];
}

const provider = providerFor("preflight");

export class Preflight extends MultinodeResource {
  declare readonly handles: pulumi.Output<NodeHandle[]>;
  constructor(
    name: string,
    args: { hosts: pulumi.Input<PreflightHost>[]; seconds: number },
    options: pulumi.CustomResourceOptions,
  ) {
    super(provider, name, { hosts: args.hosts, handles: undefined }, options, "node", "Preflight");
  }
  handle(name: string): pulumi.Output<NodeHandle> {
    return this.handles.apply((all) => {
      const found = all.find((handle) => handle.name === name);
      if (found === undefined) throw new Error(`no handle of ${name}`);
      return found;
    });
  }
}
