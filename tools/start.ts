/** `npm start`: from a clean clone to a verified environment. */
import { quoteWord } from "../providers/remote/quote.ts";
import { removeUnrecorded } from "./stack/cloud-objects.ts";
import { chooseStack, stackFile } from "./stack/files.ts";
import { restoreWay } from "./stack/lab-way.ts";
import { change, clearPending, exportState, pendingOperations, sayOf, takeUp } from "./stack/operations.ts";
import { readOutputs, type StackOutputs } from "./stack/outputs.ts";
import { askOrFail, type PulumiStack } from "./stack/pulumi.ts";
import { hasSecrets, removeSalt } from "./stack/salt.ts";
import { describeVerification, isFresh, type Verification, verifyStack } from "./stack/verification.ts";
import { readArguments } from "./support/arguments.ts";
import { runTool } from "./support/run-tool.ts";
import { drawTable } from "./support/table.ts";

async function main(args: readonly string[]): Promise<number> {
  const { positionals } = readArguments(args, { usage: "npm start [-- <stack>]", positionals: 1 });
  const stack = chooseStack(positionals[0]);
  const { target, state } = await takeUp(stack);
  if (state === null) await createStack(target);
  else {
    await restoreWay(state, (line) => sayOf(stack, line));
    const code = await clearPending(target, state);
    if (code !== 0) return code;
    const known = pendingOperations(state).length > 0 ? await exportState(target) : state;
    if (known !== null) await removeUnrecorded(known, (line) => sayOf(stack, line));
  }
  const started = Date.now();
  const code = await change(target, "up", ["--refresh"]);
  if (code !== 0) return code;
  const outputs = await readOutputs(target);
  const verification = await currentVerification(target, outputs, started);
  process.stdout.write(`\n${summary(stack, outputs, verification)}\n`);
  return verification === null || verification.failed.length === 0 ? 0 : 1;
}

async function createStack(target: PulumiStack): Promise<void> {
  const file = stackFile(target.stack);
  // A salt without a stack is left from a state that was removed by hand; with another passphrase Pulumi refuses it.
  const salts = target.ownPassphrase && !hasSecrets(file) && removeSalt(file);
  if (salts) sayOf(target.stack, `took the encryptionsalt of a state that is gone out of ${file}`);
  await askOrFail(target, ["stack", "init", "--no-select"]);
  sayOf(target.stack, "made the stack's state");
}

/** The verification that `up` has just made, or one made now; null when the stack's configuration wants none. */
async function currentVerification(
  target: PulumiStack,
  outputs: StackOutputs,
  startedMs: number,
): Promise<Verification | null> {
  const { verification } = outputs;
  if (verification === undefined) return null;
  if (isFresh(verification, startedMs)) return verification;
  sayOf(target.stack, "nothing had to change; verifying what is there");
  return (await verifyStack(target.stack, await exportState(target))).verification;
}

/** What a person wants to know of an environment that is up. */
export function summary(stack: string, outputs: StackOutputs, verification: Verification | null): string {
  const nodes = outputs.nodes ?? [];
  const rows = nodes.map(({ name, role, address, publicAddress }) => [name, role, address, publicAddress ?? "-"]);
  const lines = [`stack ${stack}`, "", drawTable([["node", "role", "address", "public address"], ...rows]), ""];
  lines.push(
    `verified: ${verification === null ? "not asked for (verify: none)" : describeVerification(verification)}`,
  );
  const first = nodes[0];
  if (outputs.sshConfig !== undefined && first !== undefined) {
    lines.push(`log in:   ssh -F ${quoteWord(outputs.sshConfig)} ${first.name}`);
  }
  return lines.join("\n");
}

if (import.meta.main) await runTool(main);
