/** The logs of runs of stack.sh that fail, on this machine. */
import type * as pulumi from "@pulumi/pulumi";
import type { DevstackRunInputs } from "./devstack-run.ts";
import { MultinodeResource } from "./dynamic.ts";
import type { NodeHandle } from "./remote/node-handle.ts";

/** A node that is to be stacked. */
export interface StackedNode {
  node: NodeHandle;
  /** What its step `stack` runs with: another one means that it is stacked again. */
  id: string;
}

/** Resolved inputs of the logs of runs that begin together. */
export interface DevstackLogsInputs extends Pick<DevstackRunInputs, "environment" | "user" | "tree" | "secretNames"> {
  /** Absolute path of the environment's folder on this machine. */
  folder: string;
  /** How long, in seconds, a step may take until it has begun on its node, and from then on until it has ended. */
  seconds: { begin: number; end: number };
  /** By the names of their nodes. */
  runs: Record<string, StackedNode>;
}

/** What is recorded of them. */
export interface DevstackLogsOutputs extends DevstackLogsInputs {
  /** The ids that nodes were seen to be stacked with, by the names of the nodes. */
  stacked: Record<string, string>;
}

/**
 * Watches runs of stack.sh beside the commands that make them: it must not depend on those, as nothing runs that depends on a command
 * that failed. Of a run that fails it fetches the node's logs, secret values taken out, and says where they are. One for all that begin
 * together, as every resource that waits takes one of Pulumi's few places to work.
 */
export class DevstackLogs extends MultinodeResource {
  constructor(
    name: string,
    args: { readonly [Key in Exclude<keyof DevstackLogsInputs, "runs">]: pulumi.Input<DevstackLogsInputs[Key]> } & {
      readonly runs: Readonly<Record<string, { readonly [Key in keyof StackedNode]: pulumi.Input<StackedNode[Key]> }>>;
    },
    options: pulumi.CustomResourceOptions,
  ) {
    super("devstackLogs", name, { ...args, stacked: undefined }, options, "devstack", "Logs");
  }
}
