/** The script that runs devstack on a node, and its command lines. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DevstackRunInputs } from "../devstack-run.ts";
import { type ShellText, sh } from "../remote/quote.ts";
import { attempt, type Outcome, type RunOptions } from "../remote/run.ts";

/** Path of the script on this machine. */
export const scriptPath = join(import.meta.dirname, "on-node.sh");

/** Path of the steps that are only ever sent along. */
const lookingOnPath = join(import.meta.dirname, "looking-on.sh");

/** Where the script lies on a node between its steps, from the home of the login. */
export function remotePathOf(environment: string): string {
  return `.devstack-multinode-${environment}.sh`;
}

/** What a step of the script is about. */
export type StepContext = Pick<DevstackRunInputs, "environment" | "user" | "tree" | "secretNames"> & {
  readonly node: string;
};

/** The same with how the node is reached. */
export type ScriptContext = Omit<StepContext, "node"> & Pick<DevstackRunInputs, "node">;

/** Arguments of the script, for a step and its own arguments. */
export function stepArguments(context: StepContext, step: string, own: readonly (string | number)[]): ShellText {
  const { environment, node, user, tree, secretNames } = context;
  return sh`${[step, environment, node, user, tree, secretNames.join(","), ...own]}`;
}

/** Runs a step by sending the script along, for when it may not be on the node. */
export async function runStep(
  run: ScriptContext,
  step: string,
  own: readonly (string | number)[],
  options: Pick<RunOptions, "seconds" | "heard">,
): Promise<Outcome> {
  const context = { ...run, node: run.node.name };
  const script = [lookingOnPath, scriptPath].map((path) => readFileSync(path, "utf8")).join("");
  return await attempt(run.node, step, sh`exec sh -s ${stepArguments(context, step, own)}`, {
    ...options,
    stdin: script,
  });
}
