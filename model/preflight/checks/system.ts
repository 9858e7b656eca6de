/** The operating system: a family whose packages and paths are known. */
import type { Check } from "./check.ts";

/** Names in os-release(5) of the families. */
const families = ["debian", "ubuntu", "rhel", "fedora", "centos"] as const;

/** A derivative passes by the family it names as its own. */
export const system: Check = ({ facts }) =>
  families.some((family) => facts.systems.includes(family))
    ? []
    : [
        {
          subject: "operating system",
          expected: "Debian, Ubuntu, or one of the Red Hat family",
          given: facts.systemName || "no /etc/os-release",
          remedy: "use another host, or another image",
        },
      ];
