/** `npm run verify`: proves a deployed stack again. */
import { chooseStack } from "./stack/files.ts";
import { exportState, openStack } from "./stack/operations.ts";
import { describeVerified, verifyStack } from "./stack/verification.ts";
import { readArguments } from "./support/arguments.ts";
import { runTool } from "./support/run-tool.ts";

async function main(args: readonly string[]): Promise<number> {
  const usage = "npm run verify -- <stack> [--json]";
  const { positionals, flags } = readArguments(args, { usage, positionals: 1, flags: ["json"] });
  const stack = chooseStack(positionals[0]);
  const target = await openStack(stack);
  const verified = await verifyStack(stack, await exportState(target));
  const { verification } = verified;
  const text = flags.has("json") ? JSON.stringify(verification, null, 2) : describeVerified(verified);
  process.stdout.write(`${text}\n`);
  return verification.failed.length === 0 ? 0 : 1;
}

if (import.meta.main) await runTool(main);
