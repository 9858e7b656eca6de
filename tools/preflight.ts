/** `npm run preflight`: checks a stack's hosts and changes nothing. */
import { describePreflight } from "../model/preflight/report.ts";
import { checkHosts } from "../providers/preflight/check-hosts.ts";
import { closeConnections } from "../providers/remote/pool.ts";
import { chooseStack } from "./stack/files.ts";
import { exportState, openStack } from "./stack/operations.ts";
import { withPreflight } from "./stack/preflight.ts";
import { settingsOf } from "./stack/settings.ts";
import { readArguments } from "./support/arguments.ts";
import { runTool } from "./support/run-tool.ts";

async function main(args: readonly string[]): Promise<number> {
  const { positionals } = readArguments(args, { usage: "npm run preflight -- <stack>", positionals: 1 });
  const stack = chooseStack(positionals[0]);
  const settings = settingsOf(stack);
  if (settings.nodes.backend === "lab") return say(`stack ${stack}: nothing to check, as it makes its nodes itself`);
  const target = await openStack(stack);
  return await withPreflight(target, settings, await exportState(target), async ({ inputs, places, record }) => {
    if (inputs.hosts.length === 0) return say(`stack ${stack}: nothing to check yet, as it makes its servers itself`);
    try {
      const { problems } = await checkHosts(inputs, () => places, record);
      say(describePreflight(problems, inputs.hosts.length));
      return problems.length === 0 ? 0 : 1;
    } finally {
      closeConnections();
    }
  });
}

function say(text: string): 0 {
  process.stdout.write(`${text}\n`);
  return 0;
}

if (import.meta.main) await runTool(main);
