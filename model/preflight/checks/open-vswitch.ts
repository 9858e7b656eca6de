/** Open vSwitch, where the bridge driver needs it: new enough where it is there, and installable where it is not. */
import type { Check } from "./check.ts";

/** The first release whose interfaces have `mtu_request`, which the driver sets (NEWS of Open vSwitch, 2.6.0). */
const OLDEST = [2, 6] as const;

const subject = "Open vSwitch";
const expected = `${OLDEST.join(".")} or newer`;

/** A missing one is no problem where a package manager can install it. */
export const openVswitch: Check = ({ facts, expectations }) => {
  if (!expectations.needsOpenVswitch) return [];
  const remedy = "install a newer one on the host, or configure overlay.driver: linux";
  if (facts.openVswitch !== undefined) {
    const { version } = facts.openVswitch;
    return isNewEnough(version) ? [] : [{ subject, expected, given: version || "a program without version", remedy }];
  }
  if (["apt-get", "dnf", "yum"].some((program) => facts.programs.has(program))) return [];
  return [{ subject, expected: `${expected}, or a package manager that installs it`, given: "neither", remedy }];
};

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}
