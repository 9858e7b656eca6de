/** `npm run topology`: draws a stack from its configuration alone, deployed or not. */

import { nodesFacts } from "../model/backends/index.ts";
import { buildPlan } from "../model/plan.ts";
import { parseSettings, type RawConfig } from "../model/schema/index.ts";
import { drawMermaid } from "../model/topology/mermaid.ts";
import { drawText } from "../model/topology/text.ts";
import { localFiles } from "../providers/local-files.ts";
import { chooseStack, readConfiguration, shortName } from "./stack/files.ts";
import { readArguments } from "./support/arguments.ts";
import { projectFolder } from "./support/project.ts";
import { runTool } from "./support/run-tool.ts";
import { UserError } from "./support/user-error.ts";

async function main(args: readonly string[]): Promise<number> {
  const usage = "npm run topology -- <stack> [--format text|mermaid]";
  const rules = { usage, positionals: 1, choices: { format: ["text", "mermaid"] } };
  const { positionals, choices } = readArguments(args, rules);
  const stack = chooseStack(positionals[0]);
  const { flavor, nodes, overlay, devstack, verify } = readConfiguration(stack);
  const raw: RawConfig = { flavor, nodes, overlay, devstack, verify };
  const settings = parseSettings(shortName(stack), raw, localFiles(projectFolder));
  const { facts } = nodesFacts(settings.nodes).underlay;
  if (facts === undefined) {
    throw new UserError(
      `stack ${stack}: the MTU between its nodes is known only once they are deployed; its picture is then in: pulumi stack output topology -s ${stack}`,
    );
  }
  const plan = buildPlan(settings, facts);
  const picture = choices.format === "mermaid" ? drawMermaid(plan) : drawText(plan);
  process.stdout.write(`${picture.trimEnd()}\n`);
  return 0;
}

if (import.meta.main) await runTool(main);
