/** Everything in `devstack` that zod cannot see: what the matrix, bash and devstack itself would not take. */
import { isRelease } from "../services/releases.ts";
import { matrixViolations } from "../services/violations.ts";
import type { Settings } from "../settings.ts";
import type { Violation } from "../violation.ts";
import { cycleViolations } from "./checks/cycles.ts";
import { fragmentViolations } from "./checks/fragment.ts";
import { grenadeViolations } from "./checks/grenade.ts";
import { pluginViolations } from "./checks/plugins.ts";
import { valueViolations } from "./checks/values.ts";

/** All violations of the settings under `devstack`, for settings of the right shape. */
export function devstackViolations(settings: Settings): readonly Violation[] {
  return [
    ...matrixViolations(settings),
    ...valueViolations(settings),
    ...fragmentViolations(settings),
    ...pluginViolations(settings),
    ...grenadeViolations(settings),
    // What localrc is made of depends on the release.
    ...(isRelease(settings.devstack.release) ? cycleViolations(settings) : []),
  ];
}
