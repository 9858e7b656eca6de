/** Rules of flavors that some releases do not have. */
import { assignment } from "../../schema/write.ts";
import { isRelease, type Release, releases } from "../../services/releases.ts";
import type { Settings } from "../../settings.ts";
import type { Violation } from "../../violation.ts";

/**
 * A violation when the stack's release is none of those a flavor can be had in.
 * @param reason What the other releases lack.
 */
export function releaseViolations(
  { flavor, devstack }: Settings,
  isPossible: (release: Release) => boolean,
  reason: string,
): readonly Violation[] {
  const { release } = devstack;
  if (!isRelease(release) || isPossible(release)) return [];
  const possible = releases.filter(isPossible);
  return [
    {
      path: "devstack.release",
      expected: `${possible.join(" or ")} for the flavor ${flavor}: ${reason}`,
      given: release,
      write: assignment(["devstack", "release"], possible.at(-1)),
    },
  ];
}
