/** One host that has passed the pre-flight. */
import type * as pulumi from "@pulumi/pulumi";
import { MultinodeResource } from "./dynamic.ts";
import type { PreflightHost } from "./preflight.ts";
import type { NodeHandle } from "./remote/node-handle.ts";

/** Resolved inputs of a checked host, and all that is recorded of it. */
export interface CheckedHostInputs {
  /** The host as the program gives it. */
  about: PreflightHost;
  /** What the pre-flight made of that; kept by `check` where the same host is checked again, so that previews know it. */
  handle: NodeHandle;
}

/** The handle of a host. Nothing is done on the host by it. */
export class CheckedHost extends MultinodeResource {
  declare readonly handle: pulumi.Output<NodeHandle>;

  constructor(
    name: string,
    args: { readonly about: pulumi.Input<PreflightHost>; readonly handle: pulumi.Input<NodeHandle> },
    options: pulumi.CustomResourceOptions,
  ) {
    super("checkedHost", name, { ...args }, options, "node", "CheckedHost");
  }
}
