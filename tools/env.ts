/** `eval "$(npm run -s env)"`: puts the project's Node.js and Pulumi, its state and passphrase into a shell. */
import { exportLine, forShell, prepareEnvironment } from "./pulumi/environment.ts";
import { readArguments } from "./support/arguments.ts";
import { projectFolder } from "./support/project.ts";
import { runTool } from "./support/run-tool.ts";

async function main(args: readonly string[]): Promise<number> {
  readArguments(args, { usage: 'eval "$(npm run -s env)"' });
  const set = forShell(await prepareEnvironment(), projectFolder);
  for (const [name, value] of Object.entries(set)) process.stdout.write(`${exportLine(name, value)}\n`);
  return 0;
}

if (import.meta.main) await runTool(main);
