/** The parts of a host's preparation by name, in the order they are made; they are taken back in the opposite one. */
import { account } from "./account.ts";
import { authorizedKeys } from "./authorized-keys.ts";
import { firewall } from "./firewall.ts";
import { hosts } from "./hosts.ts";
import { knownHosts } from "./known-hosts.ts";
import { openVswitch } from "./open-vswitch.ts";
import type { Part } from "./part.ts";
import { sshConfig } from "./ssh-config.ts";
import { sshKey } from "./ssh-key.ts";

/** The registry: a new part is a file of its own and a line here. Its name is the property a preview names. */
export const parts = {
  openVswitch,
  firewall,
  account,
  hosts,
  sshKey,
  authorizedKeys,
  knownHosts,
  sshConfig,
} as const satisfies Record<string, Part>;

export type PartName = keyof typeof parts;

/** Every part's name, in the order they are made. */
export const partNames = Object.keys(parts) as PartName[];

/** The part of this name. */
export function partOf(name: PartName): Part {
  return parts[name];
}
