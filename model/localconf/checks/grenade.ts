/** The two releases of an upgrade job. */

import type { Flavor } from "../../flavors/flavor.ts";
import { flavors } from "../../flavors/index.ts";
import { assignment } from "../../schema/write.ts";
import { isRelease, type Release, releases } from "../../services/releases.ts";
import type { Settings } from "../../settings.ts";
import type { Violation } from "../../violation.ts";

const path = ["devstack", "grenade"];

/** An upgrade goes forward in time, between releases that both have the flavor. */
export function grenadeViolations(settings: Settings): readonly Violation[] {
  const { grenade } = settings.devstack;
  if (grenade === undefined || !isRelease(grenade.base) || !isRelease(grenade.target)) return [];
  const possible = releases.filter((release) => hasFlavor(settings, release));
  const isForward = releases.indexOf(grenade.base) < releases.indexOf(grenade.target);
  if (isForward && possible.includes(grenade.base) && possible.includes(grenade.target)) return [];
  const [base, target] = possible.slice(-2);
  return [
    {
      path: path.join("."),
      expected: `a base before its target, both of ${possible.join(", ")}, the releases with the flavor ${settings.flavor}`,
      given: `from ${grenade.base} to ${grenade.target}`,
      write:
        base === undefined || target === undefined
          ? `# no grenade: the flavor ${settings.flavor} has only one release`
          : assignment(path, { base, target }),
    },
  ];
}

/** Whether the flavor has nothing against a release; other rules of its do not count here. */
function hasFlavor(settings: Settings, release: Release): boolean {
  const flavor: Flavor = flavors[settings.flavor];
  const inRelease = { ...settings, devstack: { ...settings.devstack, release } };
  return flavor.violations(inRelease, []).every((violation) => violation.path !== "devstack.release");
}
