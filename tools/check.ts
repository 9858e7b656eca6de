/** `npm run check`: linter, formatter and types. One of them alone by its name; `format` writes what it finds. */

import { join } from "node:path";
import { execa } from "execa";
import { unknownName } from "./support/arguments.ts";
import { projectFolder } from "./support/project.ts";
import { runTool } from "./support/run-tool.ts";
import { UserError } from "./support/user-error.ts";

/** Every check by name, as a program of node_modules and its arguments. */
const checks: Readonly<Record<string, readonly string[]>> = {
  lint: ["biome", "check", "--error-on-warnings"],
  typecheck: ["tsc", "--noCheck", "false", "--project", "."],
  format: ["biome", "check", "--write"],
};

async function main(args: readonly string[]): Promise<number> {
  const names = args.length > 0 ? args : ["lint", "typecheck"];
  let worst = 0;
  for (const name of names) {
    const [program, ...rest] = checks[name] ?? [];
    if (program === undefined) throw new UserError(`check: ${unknownName(name, Object.keys(checks))}`);
    const path = join(projectFolder, "node_modules", ".bin", program);
    const { exitCode } = await execa(path, rest, { cwd: projectFolder, stdio: "inherit", reject: false });
    worst = Math.max(worst, exitCode ?? 1);
  }
  return worst;
}

if (import.meta.main) await runTool(main);
