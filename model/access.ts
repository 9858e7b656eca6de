/** Texts of the files that let people and programs log in to the nodes. The same input gives the same bytes. */
import { stringify } from "yaml";
import { CONFIG_NAMESPACE } from "./schema/write.ts";
import type { Role } from "./settings.ts";

/** A node as an SSH client reaches it. */
export interface SshHost {
  /** Name of the node, e.g. `subnode-1`. */
  readonly name: string;
  /** Host name on the node; its host key is known by it. */
  readonly hostname: string;
  /** Underlay address. */
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** Absolute path of the private key; absent where the SSH agent holds it. */
  readonly identityFile?: string;
  /** Absolute path of the file with the nodes' host keys. */
  readonly knownHostsFile: string;
  /** A host to go through, as `ssh -J` takes it. */
  readonly proxyJump?: string;
}

/** A node's host key. */
export interface HostKey {
  readonly name: string;
  readonly hostname: string;
  readonly address: string;
  readonly port: number;
  /** Public key as in an OpenSSH `.pub` file: type and base64, a comment is left out. */
  readonly publicKey: string;
}

/** A node as an Ansible inventory lists it. */
export interface InventoryHost {
  readonly name: string;
  readonly role: Role;
  readonly number: number;
  readonly hostname: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** Address on the overlay network without prefix length; null where the flavor gives none. */
  readonly publicAddress: string | null;
}

/** Port of an SSH server when no other is named (RFC 4251). */
const SSH_PORT = 22;

/** First line of each file. */
const HEADER = `# Written by ${CONFIG_NAMESPACE}, and written anew by every up: edit the stack's configuration instead.`;

/**
 * An OpenSSH client configuration for `ssh -F`: nodes by name, host name or address, host keys checked, no prompts,
 * nothing taken from the user's own configuration.
 */
export function sshConfigText({ hosts }: { readonly hosts: readonly SshHost[] }): string {
  return `${[HEADER, ...hosts.map(hostBlock)].join("\n\n")}\n`;
}

function hostBlock(host: SshHost): string {
  const options = [
    ["HostName", host.address],
    ["HostKeyAlias", host.hostname],
    ["Port", String(host.port)],
    ["User", host.user],
    ...(host.identityFile === undefined
      ? []
      : [
          ["IdentityFile", pathOption(host.identityFile)],
          ["IdentitiesOnly", "yes"],
        ]),
    ["UserKnownHostsFile", pathOption(host.knownHostsFile)],
    ["GlobalKnownHostsFile", "/dev/null"],
    ["StrictHostKeyChecking", "yes"],
    ["BatchMode", "yes"],
    ...(host.proxyJump === undefined ? [] : [["ProxyJump", host.proxyJump]]),
  ];
  const names = [...new Set([host.name, host.hostname, host.address])];
  return [`Host ${names.join(" ")}`, ...options.map(([key, value]) => `  ${key} ${value}`)].join("\n");
}

/** A path as ssh_config reads it: in quotes, `%` doubled as it begins a token otherwise. */
function pathOption(path: string): string {
  return `"${path.replaceAll("%", "%%").replaceAll(/["\\]/g, "\\$&")}"`;
}

/** A known_hosts file: each key by the node's name, host name and address. */
export function knownHostsText({ hosts }: { readonly hosts: readonly HostKey[] }): string {
  return hosts.map((host) => `${knownNames(host).join(",")} ${keyWithoutComment(host.publicKey)}\n`).join("");
}

/** The names an SSH client looks a key up by; with another port than 22 it puts host and port together. */
function knownNames({ name, hostname, address, port }: HostKey): readonly string[] {
  const names = [name, hostname, address];
  const withPort = port === SSH_PORT ? [] : names.map((one) => `[${one}]:${port}`);
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

function hostVariables({ number, hostname, address, port, user, publicAddress }: InventoryHost) {
  return {
    ansible_host: address,
    ansible_port: port,
    ansible_user: user,
    node_number: number,
    node_hostname: hostname,
    public_address: publicAddress,
  };
}
