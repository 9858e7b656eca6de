/** Host keys that the command plugin can check, which runs devstack. */
import type { Check } from "./check.ts";

/**
 * Of a key of this type the plugin takes signatures with SHA-1 alone (`connectionBase.SSHConfig` of its release 1.2.1), which
 * OpenSSH has not made since 8.8.
 */
const UNCHECKED_TYPE = "ssh-rsa";

/** Asks nothing where no devstack runs: our own connections check keys of any type. */
export const hostKey: Check = ({ hostKeys, expectations }) => {
  if (!expectations.runsDevstack || !hostKeys.some((key) => key.startsWith(`${UNCHECKED_TYPE} `))) return [];
  return [
    {
      subject: "host key",
      expected:
        "where devstack runs, one of a type that the command plugin checks, of the jump host too: ssh-ed25519 or ecdsa",
      given: UNCHECKED_TYPE,
      remedy: "its key of another type, as hostKey or in the known_hosts file (`ssh-keygen -A` on the host makes one)",
    },
  ];
};
