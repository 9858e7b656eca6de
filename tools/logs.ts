/** `npm run logs`: what devstack's runs wrote on the nodes, collected into files or followed. */
import { followLog } from "../providers/devstack-run/logs.ts";
import type { DevstackRunOutputs } from "../providers/devstack-run.ts";
import { collectAll, forEachRun, recordedRuns } from "./stack/devstack-runs.ts";
import { chooseStack } from "./stack/files.ts";
import { exportState, openStack, sayOf } from "./stack/operations.ts";
import { readArguments } from "./support/arguments.ts";
import { runTool } from "./support/run-tool.ts";
import { UserError } from "./support/user-error.ts";

async function main(args: readonly string[]): Promise<number> {
  const usage = "npm run logs -- <stack> [--follow]";
  const { positionals, flags } = readArguments(args, { usage, positionals: 1, flags: ["follow"] });
  const stack = chooseStack(positionals[0]);
  const runs = recordedRuns(await exportState(await openStack(stack)));
  if (runs.length === 0) return nothingRan(stack, flags.has("follow"));
  const failures = flags.has("follow")
    ? await forEachRun(runs, follow)
    : await collectAll(stack, runs, (file) => process.stdout.write(`${file}\n`));
  for (const failure of failures) process.stderr.write(`${failure}\n`);
  return failures.length === 0 ? 0 : 1;
}

/** To collect nothing where nothing ran is right: a pipeline asks whatever happened. To follow it would be to wait for ever. */
function nothingRan(stack: string, follows: boolean): number {
  const line = "no run of devstack is recorded";
  if (follows) {
    const expected = "Expected devstack.run.stack: true in its configuration, and an `up`.";
    throw new UserError(`stack ${stack}: ${line}. ${expected}`);
  }
  sayOf(stack, `${line}: no logs to collect`);
  return 0;
}

async function follow(run: DevstackRunOutputs): Promise<void> {
  await followLog(run, (line) => process.stdout.write(`${run.node.name}: ${line}\n`));
}

if (import.meta.main) await runTool(main);
