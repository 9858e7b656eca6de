/**
 * `npm run destroy`: removes an environment; with `--purge` also what Pulumi keeps of it, with `--abandon-gone` also where
 * hosts of it are gone.
 */
import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { quoteWord } from "../providers/remote/quote.ts";
import { prepareEnvironment, pulumiHome } from "./pulumi/environment.ts";
import { installFolder } from "./pulumi/locate.ts";
import { chooseStack, shortName, stackFile } from "./stack/files.ts";
import { abandoning, goneHosts } from "./stack/gone-hosts.ts";
import { change, clearPending, sayOf, takeUp } from "./stack/operations.ts";
import { askOrFail, type PulumiStack } from "./stack/pulumi.ts";
import { removeSalt } from "./stack/salt.ts";
import { readArguments } from "./support/arguments.ts";
import { workFolder } from "./support/project.ts";
import { runTool } from "./support/run-tool.ts";

async function main(args: readonly string[]): Promise<number> {
  const usage = "npm run destroy [-- [<stack>] [--purge] [--abandon-gone]]";
  const { positionals, flags } = readArguments(args, { usage, positionals: 1, flags: ["purge", "abandon-gone"] });
  const [given] = positionals;
  // The state knows all that is to be removed: the stack's file may be on a machine that died.
  const hasNoFile = given !== undefined && !existsSync(stackFile(given));
  const stack = hasNoFile ? given : chooseStack(given);
  const { target, state } = await takeUp(stack);
  if (state === null) {
    if (hasNoFile) chooseStack(stack);
    sayOf(stack, "there is no such environment: nothing to remove");
  } else {
    const abandons = flags.has("abandon-gone");
    const code = await remove(abandons ? await withoutGone(target, state) : target, state);
    if (code !== 0 && !abandons && (await goneHosts(state)).length > 0)
      sayOf(stack, `some hosts are gone; to give them up: npm run destroy -- ${stack} --abandon-gone`);
    if (code !== 0) return code;
    sayOf(stack, "everything of the environment is removed");
  }
  removeIfEmpty(join(workFolder, shortName(stack)));
  if (flags.has("purge")) await purge(target, state !== null);
  return 0;
}

async function remove(target: PulumiStack, state: string): Promise<number> {
  // Nodes that do not answer fail the refresh, not the destroy: what is not known to be there is swept anyway.
  if ((await clearPending(target, state)) !== 0) sayOf(target.stack, "going on with the removal");
  return await change(target, "destroy", []);
}

async function withoutGone(target: PulumiStack, state: string): Promise<PulumiStack> {
  const gone = await goneHosts(state);
  for (const { name, reason } of gone) sayOf(target.stack, `gives ${name} up, with all that is on it: ${reason}`);
  return abandoning(target, gone);
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
