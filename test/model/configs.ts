/** Configurations for tests of what is made out of settings. */
import { nodesFacts } from "../../model/backends/index.ts";
import { buildPlan, type Plan, type UnderlayFacts } from "../../model/plan.ts";
import { parseSettings, type RawConfig } from "../../model/schema/index.ts";
import type { Settings } from "../../model/settings.ts";

const nothing: RawConfig = {
  flavor: undefined,
  nodes: undefined,
  overlay: undefined,
  devstack: undefined,
  verify: undefined,
};

/** The settings of a configuration in which only some keys are written. */
export function settingsOf(config: Partial<RawConfig> = {}, stack = "gate"): Settings {
  return parseSettings(stack, { ...nothing, ...config });
}

/** The plan of a configuration whose backend knows its underlay. */
export function planOf(config: Partial<RawConfig> = {}, stack = "gate"): Plan {
  const settings = settingsOf(config, stack);
  return buildPlan(settings, underlayOf(settings));
}

function underlayOf({ nodes }: Settings): UnderlayFacts {
  const { facts } = nodesFacts(nodes).underlay;
  if (facts === undefined) {
    throw new Error(`expected a backend that knows its underlay, given ${nodes.backend}`);
  }
  return facts;
}
