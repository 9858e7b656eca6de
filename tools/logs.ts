/** `npm run logs`: what devstack's runs wrote on the nodes, collected into files or followed. */
import { join } from "node:path";
import { collectLogs, followLog } from "../providers/devstack-run/logs.ts";
import type { DevstackRunOutputs } from "../providers/devstack-run.ts";
import { closeConnections } from "../providers/remote/pool.ts";
import { recordedRuns } from "./stack/devstack-runs.ts";
import { chooseStack, shortName } from "./stack/files.ts";
import { exportState, openStack } from "./stack/operations.ts";
import { readArguments } from "./support/arguments.ts";
import { workFolder } from "./support/project.ts";
import { messageOf, runTool } from "./support/run-tool.ts";
import { UserError } from "./support/user-error.ts";

async function main(args: readonly string[]): Promise<number> {
  const usage = "npm run logs -- <stack> [--follow]";
  const { positionals, flags } = readArguments(args, { usage, positionals: 1, flags: ["follow"] });
  const stack = chooseStack(positionals[0]);
  const runs = recordedRuns(await exportState(await openStack(stack)));
  if (runs.length === 0) {
    throw new UserError(
      `stack ${stack}: no run of devstack is recorded. Expected devstack.run.stack: true in its configuration, and an \`up\`.`,
    );
  }
  const folder = join(workFolder, shortName(stack), "logs");
  const work = flags.has("follow") ? follow : (run: DevstackRunOutputs) => collect(folder, run);
  // A node that fails keeps no other's logs.
  const failures = await Promise.all(
    runs.map((run) =>
      work(run).then(
        () => 0,
        (error) => {
          process.stderr.write(`${messageOf(error)}\n`);
          return 1;
        },
      ),
    ),
  );
  closeConnections();
  return Math.max(...failures);
}

async function collect(folder: string, run: DevstackRunOutputs): Promise<void> {
  for (const file of await collectLogs(folder, run)) process.stdout.write(`${file}\n`);
}

async function follow(run: DevstackRunOutputs): Promise<void> {
  await followLog(run, (line) => process.stdout.write(`${run.node.name}: ${line}\n`));
}

if (import.meta.main) await runTool(main);
