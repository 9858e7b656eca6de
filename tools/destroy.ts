/** `npm run destroy`: removes an environment; with `--purge` also what Pulumi keeps of it. */
import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { quoteWord } from "../providers/remote/quote.ts";
import { prepareEnvironment, pulumiHome } from "./pulumi/environment.ts";
import { installFolder } from "./pulumi/locate.ts";
import { keepLogs } from "./stack/devstack-runs.ts";
import { chooseStack, shortName, stackFile } from "./stack/files.ts";
import { change, clearPending, exportState, sayOf, takeUp } from "./stack/operations.ts";
import { askOrFail, type PulumiStack } from "./stack/pulumi.ts";
import { removeSalt } from "./stack/salt.ts";
import { readArguments } from "./support/arguments.ts";
import { workFolder } from "./support/project.ts";
import { runTool } from "./support/run-tool.ts";

async function main(args: readonly string[]): Promise<number> {
  const usage = "npm run destroy [-- [<stack>] [--purge]]";
  const { positionals, flags } = readArguments(args, { usage, positionals: 1, flags: ["purge"] });
  const stack = chooseStack(positionals[0]);
  const { target, state } = await takeUp(stack);
  if (state === null) sayOf(stack, "there is no such environment: nothing to remove");
  else {
    // Nodes that do not answer fail the refresh, not the destroy: what is not known to be there is swept anyway.
    if ((await clearPending(target, state)) !== 0) sayOf(stack, "going on with the removal");
    const code = await change(target, "destroy", []);
    if (code !== 0) {
      await keepLogs(stack, await exportState(target), (line) => sayOf(stack, line));
      return code;
    }
    sayOf(stack, "everything of the environment is removed");
  }
  removeIfEmpty(join(workFolder, shortName(stack)));
  if (flags.has("purge")) await purge(target, state !== null);
  return 0;
}

async function purge(target: PulumiStack, exists: boolean): Promise<void> {
  const { stack } = target;
  // The stack's file is configuration, which the user wrote: only the salt in it came from Pulumi.
  if (exists) await askOrFail(target, ["stack", "rm", "--yes", "--preserve-config"]);
  if (removeSalt(stackFile(stack))) sayOf(stack, `took the encryptionsalt out of ${stackFile(stack)}`);
  const others = JSON.parse(await listStacks(target)) as { name: string }[];
  if (others.length > 0) {
    sayOf(stack, `purged; state and passphrase stay for ${others.map(({ name }) => name).join(", ")}`);
    return;
  }
  const { passphraseFile, stateFolder } = await prepareEnvironment();
  const own = [stateFolder, passphraseFile, join(workFolder, ".cache")];
  for (const path of own) if (path !== null) rmSync(path, { recursive: true, force: true });
  // Whoever holds a lock keeps it: another command of this project is under way.
  removeIfEmpty(join(workFolder, ".locks"));
  removeIfEmpty(workFolder);
  sayOf(stack, "purged; no other stack is left, so the local state, the passphrase file and the caches are gone too");
  const versionFolder = dirname(installFolder(pulumiHome()));
  if (!existsSync(versionFolder)) return;
  sayOf(
    stack,
    `Pulumi stays, as other projects of yours find it there too; without it: rm -r ${quoteWord(versionFolder)}`,
  );
}

async function listStacks(target: PulumiStack): Promise<string> {
  return await askOrFail(target, ["stack", "ls", "--json"]);
}

function removeIfEmpty(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}

if (import.meta.main) await runTool(main);
