/** `npm run topology`: draws a stack as its configuration plans it, deployed or not. */
import { nodesFacts } from "../model/backends/index.ts";
import { buildPlan, planShape } from "../model/plan.ts";
import type { Settings } from "../model/settings.ts";
import { drawMermaid } from "../model/topology/mermaid.ts";
import { type DrawnPlan, drawText } from "../model/topology/text.ts";
import { prepareEnvironment, pulumiHome } from "./pulumi/environment.ts";
import { findPulumi } from "./pulumi/locate.ts";
import { chooseStack } from "./stack/files.ts";
import { exportState, sayOf } from "./stack/operations.ts";
import { deployedMtu } from "./stack/outputs.ts";
import { settingsOf } from "./stack/settings.ts";
import { readArguments } from "./support/arguments.ts";
import { runTool } from "./support/run-tool.ts";
import { UserError } from "./support/user-error.ts";

async function main(args: readonly string[]): Promise<number> {
  const usage = "npm run topology -- <stack> [--format text|mermaid]";
  const rules = { usage, positionals: 1, choices: { format: ["text", "mermaid"] } };
  const { positionals, choices } = readArguments(args, rules);
  const stack = chooseStack(positionals[0]);
  const settings = settingsOf(stack);
  const picture =
    choices.format === "mermaid" ? drawMermaid(planShape(settings)) : drawText(await planToDraw(stack, settings));
  process.stdout.write(`${picture.trimEnd()}\n`);
  return 0;
}

/** The plan; where the configuration does not tell the underlay's MTU, with the overlays' one that the last `up` came to. */
async function planToDraw(stack: string, settings: Settings): Promise<DrawnPlan> {
  const { facts } = nodesFacts(settings.nodes).underlay;
  if (facts !== undefined) return buildPlan(settings, facts);
  const shape = planShape(settings);
  const mtu = settings.overlay.mtu ?? (await recordedMtu(stack));
  return mtu === undefined ? shape : { ...shape, overlays: shape.overlays.map((overlay) => ({ ...overlay, mtu })) };
}

/** What the state says, as far as there is one; a picture is worth having without it. */
async function recordedMtu(stack: string): Promise<number | undefined> {
  const pulumi = await findPulumi(pulumiHome(), process.env.PATH ?? "");
  if (pulumi === null) return undefined;
  const { set, passphraseFile } = await prepareEnvironment(pulumi);
  const environment = { ...process.env, ...set };
  try {
    return deployedMtu(await exportState({ stack, environment, ownPassphrase: passphraseFile !== null }));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    sayOf(stack, `drawn without its MTU: ${error.message}`);
    return undefined;
  }
}

if (import.meta.main) await runTool(main);
