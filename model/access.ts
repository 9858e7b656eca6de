/** Texts of the files that let people and programs log in to the nodes. The same input gives the same bytes. */
import { stringify } from "yaml";
import { CONFIG_NAMESPACE } from "./schema/write.ts";
import type { Role } from "./settings.ts";
import { SSH_PORT } from "./ssh-port.ts";

/** A node as an SSH client reaches it. */
export interface SshHost {
  /** Name of the node, e.g. `subnode-1`. */
  readonly name: string;
  /** Host name on the node; its host key is known by it. */
  readonly hostname: string;
  /** Underlay address. */
  readonly address: string;
  /** Name or address that SSH reaches it at. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Absolute path of the private key; absent where the SSH agent holds it. */
  readonly identityFile?: string;
  /** A host to go through. */
  readonly jump?: SshJump;
}

/** A host that connections go through. */
export interface SshJump {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly identityFile?: string;
  /** `<type> <base64>`. */
  readonly hostKey: string;
}

/** A node's host key. */
export interface HostKey {
  readonly name: string;
  readonly hostname: string;
  readonly address: string;
  /** Name or address that SSH reaches it at, where that is another. */
  readonly host?: string;
  readonly port: number;
  /** Public key as in an OpenSSH `.pub` file: type and base64, a comment is left out. */
  readonly publicKey: string;
  readonly jump?: SshJump;
}

/** A node as an Ansible inventory lists it. */
export interface InventoryHost {
  readonly name: string;
  readonly role: Role;
  readonly number: number;
  readonly hostname: string;
  /** Underlay address. */
  readonly address: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Address, or name, that it is reached at from outside; null where that is the underlay's, or only a jump host leads to it. */
  readonly publicAddress: string | null;
}

/** First line of each file. */
const HEADER = `# Written by ${CONFIG_NAMESPACE}, and written anew by every up: edit the stack's configuration instead.`;

/**
 * An OpenSSH client configuration for `ssh -F`: nodes by name, host name or address, host keys checked, no prompts,
 * nothing taken from the user's own configuration.
 *
 * @param knownHostsFile absolute path of the file with the host keys
 */
export function sshConfigText({
  hosts,
  knownHostsFile,
}: {
  readonly hosts: readonly SshHost[];
  readonly knownHostsFile: string;
}): string {
  const jumps = jumpsOf(hosts);
  const nodes = hosts.map((host) => {
    const { name, hostname, address, host: reached, jump } = host;
    // Several hosts behind one address, told apart by their ports, are known by their names alone.
    const isShared = hosts.some((other) => other !== host && other.host === reached);
    const names = [...new Set([name, hostname, address, ...(isShared ? [] : [reached])])];
    return hostBlock(names, hostname, host, knownHostsFile, jump === undefined ? undefined : jumpName(jump, jumps));
  });
  const ways = jumps.map((jump) => {
    const alias = jumpName(jump, jumps);
    return hostBlock([alias], alias, jump, knownHostsFile);
  });
  return `${[HEADER, ...nodes, ...ways].join("\n\n")}\n`;
}

/** The hosts that others are reached through, each once. */
function jumpsOf(hosts: readonly { readonly jump?: SshJump }[]): readonly SshJump[] {
  const jumps = hosts.flatMap(({ jump }) => (jump === undefined ? [] : [jump]));
  return jumps.filter((jump, index) => jumps.findIndex((other) => isSame(jump, other)) === index);
}

function isSame(a: SshJump, b: SshJump): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** How a jump host is called in the generated files: `jump`, and with numbers where there are several. */
function jumpName(jump: SshJump, jumps: readonly SshJump[]): string {
  const index = jumps.findIndex((other) => isSame(jump, other));
  return index === 0 ? "jump" : `jump-${index + 1}`;
}

function hostBlock(
  names: readonly string[],
  alias: string,
  login: Pick<SshHost, "host" | "port" | "user" | "identityFile">,
  knownHostsFile: string,
  proxyJump?: string,
): string {
  const options = [
    ["HostName", login.host],
    ["HostKeyAlias", alias],
    ["Port", String(login.port)],
    ["User", login.user],
    // Without a file only the agent's keys count, not those that happen to lie in the user's folder.
    ["IdentityFile", login.identityFile === undefined ? "none" : pathOption(login.identityFile)],
    ...(login.identityFile === undefined ? [] : [["IdentitiesOnly", "yes"]]),
    ["UserKnownHostsFile", pathOption(knownHostsFile)],
    ["GlobalKnownHostsFile", "/dev/null"],
    ["StrictHostKeyChecking", "yes"],
    ["BatchMode", "yes"],
    ...(proxyJump === undefined ? [] : [["ProxyJump", proxyJump]]),
  ];
  return [`Host ${names.join(" ")}`, ...options.map(([key, value]) => `  ${key} ${value}`)].join("\n");
}

/** A path as ssh_config reads it: in quotes, `%` doubled as it begins a token otherwise. */
function pathOption(path: string): string {
  return `"${path.replaceAll("%", "%%").replaceAll(/["\\]/g, "\\$&")}"`;
}

/** A known_hosts file: each key by the node's name, host name and addresses, a jump host's by its own name. */
export function knownHostsText({ hosts }: { readonly hosts: readonly HostKey[] }): string {
  const jumps = jumpsOf(hosts);
  const lines = [
    ...hosts.map((host) => `${knownNames(host).join(",")} ${keyWithoutComment(host.publicKey)}\n`),
    ...jumps.map((jump) => `${jumpName(jump, jumps)} ${keyWithoutComment(jump.hostKey)}\n`),
  ];
  return lines.join("");
}

/** The names an SSH client looks a key up by; with another port than 22 it puts host and port together. */
function knownNames({ name, hostname, address, host = address, port }: HostKey): readonly string[] {
  const names = [name, hostname, address];
  const withPort = port === SSH_PORT ? [host] : [...names, host].map((one) => `[${one}]:${port}`);
  return [...new Set([...names, ...withPort])];
}

function keyWithoutComment(publicKey: string): string {
  return publicKey.trim().split(/\s+/).slice(0, 2).join(" ");
}

/**
 * An Ansible inventory in YAML with the groups `primary` and `subnodes`.
 * @param sshConfig Absolute path of the client configuration that Ansible's ssh uses.
 */
export function inventoryYaml({
  sshConfig,
  hosts,
}: {
  readonly sshConfig: string;
  readonly hosts: readonly InventoryHost[];
}): string {
  const group = (role: Role) => ({
    hosts: Object.fromEntries(
      hosts.filter((host) => host.role === role).map((host) => [host.name, hostVariables(host)]),
    ),
  });
  const inventory = {
    all: {
      vars: { ansible_ssh_common_args: `-F '${sshConfig.replaceAll("'", "'\\''")}'` },
      children: { primary: group("primary"), subnodes: group("subnode") },
    },
  };
  return `${HEADER}\n${stringify(inventory, { lineWidth: 0 })}`;
}

function hostVariables({ number, hostname, address, host, port, user, publicAddress }: InventoryHost) {
  return {
    ansible_host: host,
    ansible_port: port,
    ansible_user: user,
    node_number: number,
    node_hostname: hostname,
    underlay_address: address,
    public_address: publicAddress,
  };
}
