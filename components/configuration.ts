/** Reads the stack's configuration. */
import * as pulumi from "@pulumi/pulumi";
import { ConfigError, parseSettings } from "../model/schema/index.ts";
import type { Settings } from "../model/settings.ts";

/**
 * The settings of the stack that runs.
 *
 * @throws RunError with everything that is wrong in the configuration, and without a stack trace
 */
export function stackSettings(): Settings {
  const config = new pulumi.Config();
  const raw = {
    flavor: config.get("flavor"),
    nodes: config.getObject("nodes"),
    overlay: config.getObject("overlay"),
    devstack: config.getObject("devstack"),
    verify: config.get("verify"),
  };
  try {
    return parseSettings(pulumi.getStack(), raw);
  } catch (error) {
    throw error instanceof ConfigError ? new pulumi.RunError(error.message) : error;
  }
}
