/** The check of all hosts that were there before the stack, and the handles of those that passed. */
import type * as pulumi from "@pulumi/pulumi";
import { logicalName } from "../model/naming.ts";
import type { Expectations } from "../model/preflight/expectations.ts";
import { CheckedHost } from "./checked-host.ts";
import { MultinodeResource } from "./dynamic.ts";
import type { NodeHandle } from "./remote/node-handle.ts";
import type { Newcomer } from "./remote/pool.ts";

/** A host to check: a node's handle, less what is learned from the host. */
export interface PreflightHost extends Newcomer {
  /** 0 for the primary, N for `subnode-N`. */
  number: number;
  /** What tells the host from one that takes its place, or that has booted again; absent: it follows from the host key. */
  incarnation?: string;
}

/** Resolved inputs of a pre-flight. */
export interface PreflightInputs {
  hosts: PreflightHost[];
  /** `<stack>-<id>`: what carries its mark on a host may be there. */
  environment: string;
  expectations: Expectations;
  /** Seconds that hosts may take until they answer SSH: 0 for hosts that are up. */
  seconds: number;
  /** Always empty; what a refresh finds shows as drift of this property. */
  problems: string[];
}

/** What is recorded of a pre-flight. */
export interface PreflightOutputs extends PreflightInputs {
  /** Handles of the hosts that were logged in to, with the host keys that were seen. */
  handles: NodeHandle[];
}

/** What the program gives for a pre-flight. */
export interface PreflightArgs {
  /** The hosts by the names of their nodes. */
  readonly hosts: Readonly<Record<string, pulumi.Input<PreflightHost>>>;
  readonly environment: pulumi.Input<string>;
  readonly expectations: Expectations;
  /** Seconds that hosts may take until they answer SSH: 0 for hosts that are up, minutes for servers made just now. */
  readonly seconds: number;
}

/**
 * The pre-flight: connects to every host, learns or checks its host key, and checks all that the stack needs of it. It
 * changes nothing, and fails with one report of every problem of every host. Whatever is made on a host takes the host's
 * handle from here, so that nothing is changed on any of them before all have passed. It is made again when the hosts or
 * the stack's demands change, and with every refresh.
 */
export class Preflight extends MultinodeResource {
  declare readonly handles: pulumi.Output<NodeHandle[]>;
  readonly #hosts: ReadonlyMap<string, CheckedHost>;

  constructor(name: string, args: PreflightArgs, options: pulumi.CustomResourceOptions) {
    const { hosts, ...demands } = args;
    const found = { problems: undefined, handles: undefined };
    super("preflight", name, { hosts: Object.values(hosts), ...demands, ...found }, options, "node", "Preflight");
    // Each host has a record of its own, so that the others' handles stay known in the preview of a change of one.
    this.#hosts = new Map(
      Object.entries(hosts).map(([node, about]) => {
        const handle = this.handles.apply((all) => all.find((one) => one.name === node) ?? failMissing(node));
        return [node, new CheckedHost(logicalName(name, node), { about, handle }, { parent: this })];
      }),
    );
  }

  /** How a host that has passed is reached. */
  handle(name: string): pulumi.Output<NodeHandle> {
    return (this.#hosts.get(name) ?? failMissing(name)).handle;
  }
}

function failMissing(name: string): never {
  throw new Error(`the pre-flight has no host ${name}`);
}
