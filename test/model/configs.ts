/** Configurations for tests of what is made out of settings. */

import { nodesFacts } from "../../model/backends/index.ts";
import type { GuestFacts } from "../../model/guests/plan.ts";
import { type LocalFiles, noFiles } from "../../model/local-files.ts";
import { buildPlan, type Plan, type UnderlayFacts } from "../../model/plan.ts";
import { parseSettings, type RawConfig } from "../../model/schema/index.ts";
import type { Settings } from "../../model/settings.ts";

/** What probe guests of a stack with the seed's ranges are planned from. */
export const guestFacts: GuestFacts = {
  environment: "gate-0a1b2c",
  driver: "openvswitch",
  port: 4789,
  vniBase: 1_000_000,
  publicRange: "172.24.4.0/23",
  floatingRange: "172.24.5.0/24",
  fixedRange: "10.1.0.0/20",
};

const nothing: RawConfig = {
  flavor: undefined,
  nodes: undefined,
  overlay: undefined,
  devstack: undefined,
  verify: undefined,
};

/** The settings of a configuration in which only some keys are written. */
export function settingsOf(config: Partial<RawConfig> = {}, stack = "gate", files: LocalFiles = noFiles): Settings {
  return parseSettings(stack, { ...nothing, ...config }, files);
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
