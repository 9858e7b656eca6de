/** `npm test`: set-up for the lab, then every test that needs no OpenStack API. Arguments go to vitest. */

import { join } from "node:path";
import { execa } from "execa";
import { ensureAnsible } from "./ansible/install.ts";
import { prepareEnvironment } from "./pulumi/environment.ts";
import type { FoundPulumi } from "./pulumi/locate.ts";
import { setUp } from "./setup.ts";
import { projectFolder } from "./support/project.ts";
import { runTool } from "./support/run-tool.ts";

async function main(args: readonly string[]): Promise<number> {
  const pulumi = await setUp("lab");
  // Here and not in the tests that need it: others compare the machine before and after, packages included.
  await ensureAnsible("core");
  return await runVitest(pulumi, args);
}

/**
 * Runs vitest with the project's Pulumi; gives its exit code.
 *
 * @param keep takes what it prints; by default the terminal does
 */
export async function runVitest(
  pulumi: FoundPulumi,
  args: readonly string[],
  keep?: (text: string) => void,
): Promise<number> {
  const { set } = await prepareEnvironment(pulumi);
  const vitest = join(projectFolder, "node_modules", ".bin", "vitest");
  const { exitCode, all } = await execa(vitest, ["run", ...args], {
    cwd: projectFolder,
    env: { ...set },
    ...(keep === undefined ? { stdio: "inherit" } : { stdin: "ignore", all: true }),
    reject: false,
  });
  if (keep !== undefined) keep(`${all ?? ""}\n`);
  return exitCode ?? 1;
}

if (import.meta.main) await runTool(main);
