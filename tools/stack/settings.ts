/** What the configuration of a stack means. */

import { parseSettings, type RawConfig } from "../../model/schema/index.ts";
import type { Settings } from "../../model/settings.ts";
import { localFiles } from "../../providers/local-files.ts";
import { projectFolder } from "../support/project.ts";
import { readConfiguration, shortName } from "./files.ts";

/**
 * The settings of a stack, read without Pulumi.
 *
 * @throws ConfigError with all that is wrong in them
 */
export function settingsOf(stack: string): Settings {
  const { flavor, nodes, overlay, devstack, verify } = readConfiguration(stack);
  const raw: RawConfig = { flavor, nodes, overlay, devstack, verify };
  return parseSettings(shortName(stack), raw, localFiles(projectFolder));
}
