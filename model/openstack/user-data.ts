/** What cloud-init is told on a server's first boot. */
import { stringify } from "yaml";

/**
 * A `#cloud-config` that makes the host reachable and sets its name, and does nothing else: all further preparation is
 * the same on every backend. No secret is in it, as every process on the server can read it.
 */
export function userData(facts: {
  readonly hostname: string;
  readonly user: string;
  readonly publicKey: string;
}): string {
  const config = {
    hostname: facts.hostname,
    preserve_hostname: false,
    users: [
      {
        name: facts.user,
        shell: "/bin/bash",
        lock_passwd: true,
        sudo: "ALL=(ALL) NOPASSWD:ALL",
        ssh_authorized_keys: [facts.publicKey],
      },
    ],
  };
  return `#cloud-config\n${stringify(config, { lineWidth: 0 })}`;
}
