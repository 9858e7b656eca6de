/** Texts of our part of each shared file of a node. The same nodes give the same bytes. */
import { knownHostsText } from "../access.ts";
import { SSH_PORT } from "../ssh-port.ts";
import { KEY_FILE } from "./account.ts";
import type { Peer } from "./peers.ts";

/** Lines of /etc/hosts: address, host name, name of the node. */
export function hostsLines(peers: readonly Peer[]): readonly string[] {
  return peers.map(({ address, hostname, name }) => `${address} ${[...new Set([hostname, name])].join(" ")}`);
}

/** Lines of known_hosts: each node's key by its name, host name and address. */
export function knownHostsLines(peers: readonly Peer[]): readonly string[] {
  return knownHostsText({ hosts: peers }).trimEnd().split("\n");
}

/**
 * Lines of an OpenSSH client configuration: the nodes by name, host name or address, with the job's key, host keys
 * checked, no prompt. The last line ends our section, so that what follows in the file holds for all hosts as before.
 */
export function sshConfigLines(peers: readonly Peer[]): readonly string[] {
  return [...peers.flatMap(hostSection), "Match all"];
}

function hostSection({ name, hostname, address, port }: Peer): readonly string[] {
  return [
    `Host ${[...new Set([name, hostname, address])].join(" ")}`,
    ...(port === SSH_PORT ? [] : [`  Port ${port}`]),
    `  IdentityFile ~/.ssh/${KEY_FILE}`,
    "  IdentitiesOnly yes",
    "  UserKnownHostsFile ~/.ssh/known_hosts",
    "  StrictHostKeyChecking yes",
    "  BatchMode yes",
  ];
}

/** The file that lets the stack's user become root without a password (sudoers(5)); devstack's stack.sh needs it. */
export function sudoersText(mark: string, user: string): string {
  return `# ${mark}\n${user} ALL=(ALL) NOPASSWD: ALL\n`;
}
