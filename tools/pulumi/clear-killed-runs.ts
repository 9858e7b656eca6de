/** What the launcher of Pulumi runs before `pulumi cancel` and `pulumi destroy`. Everything it says goes to stderr. */
import { clearKilledRuns } from "../../providers/killed-runs/clear.ts";
import { projectFolder } from "../support/project.ts";
import { runTool } from "../support/run-tool.ts";

async function main(): Promise<number> {
  for (const line of await clearKilledRuns(projectFolder)) process.stderr.write(`pulumi: ${line}\n`);
  return 0;
}

if (import.meta.main) await runTool(main);
