/** Hosts that are there before a stack, and the files in which others hand them over. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { stringify } from "yaml";
import { nodeFolder } from "../../providers/lab/folders.ts";
import type { NodeHandle } from "../../providers/remote/node-handle.ts";
import { on } from "./lab-nodes.ts";
import { until } from "./until.ts";

/** Seconds an SSH server may take to read its keys anew. */
const RELOAD_SECONDS = 20;

/** Path of the private key that opens a host. */
export function keyFile({ identityFile }: NodeHandle): string {
  if (identityFile === undefined) throw new Error("expected a lab node, which has a key file");
  return identityFile;
}

/** Makes a user with passwordless sudo, who logs in with root's key. */
export async function addSudoer(node: NodeHandle, user: string): Promise<void> {
  await addUser(node, user);
  await on(node, `echo '${user} ALL=(ALL) NOPASSWD:ALL' >/etc/sudoers.d/${user} && chmod 440 /etc/sudoers.d/${user}`);
}

/** Makes a user without any rights, who logs in with root's key. */
export async function addUser(node: NodeHandle, user: string): Promise<void> {
  const home = `/home/${user}`;
  await on(
    node,
    `set -e; useradd --create-home --shell /bin/bash --password '*' ${user}
install -d -m 700 -o ${user} ${home}/.ssh
install -m 600 -o ${user} /run/multinode/authorized_keys ${home}/.ssh/authorized_keys`,
  );
}

/** The folder in which nodepool tells of the hosts, the private key included. */
export function nodepoolFolder(folder: string, [primary, ...subnodes]: readonly NodeHandle[]): string {
  if (primary === undefined) throw new Error("expected a primary");
  mkdirSync(folder);
  const addresses = subnodes.map(({ address }) => `${address}\n`).join("");
  for (const suffix of ["", "_private"]) {
    writeFileSync(join(folder, `primary_node${suffix}`), `${primary.address}\n`);
    writeFileSync(join(folder, `sub_nodes${suffix}`), addresses);
  }
  writeFileSync(join(folder, "id_rsa"), readFileSync(keyFile(primary)), { mode: 0o600 });
  return folder;
}

/** What a job of Zuul's brings into its inventory. */
export interface ZuulJob {
  /** Group of the nodeset → names of its nodes. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  /** The job's variables, with what Zuul tells of the build. */
  readonly vars: Readonly<Record<string, unknown>>;
}

/** The inventory that Zuul hands to a job: the nodes by their names, and the executor itself. */
export function zuulInventory(file: string, nodes: readonly NodeHandle[], user: string, job?: ZuulJob): string {
  const hosts = nodes.map(({ name, host, address, port }) => [
    name,
    {
      ansible_connection: "ssh",
      ansible_host: host,
      ansible_port: port,
      ansible_user: user,
      nodepool: { label: "debian", private_ipv4: address, public_ipv4: host },
    },
  ]);
  const localhost = { ansible_connection: "local", ansible_python_interpreter: "{{ ansible_playbook_python }}" };
  const [primary = "", ...subnodes] = nodes.map(({ name }) => name);
  const { groups, vars } = job ?? { groups: { switch: [primary], peers: subnodes }, vars: { zuul: { build: "b" } } };
  const members = (names: readonly string[]) => ({ hosts: Object.fromEntries(names.map((name) => [name, null])) });
  const children = Object.fromEntries(Object.entries(groups).map(([name, names]) => [name, members(names)]));
  writeFileSync(file, stringify({ all: { hosts: { localhost, ...Object.fromEntries(hosts) }, children, vars } }));
  return file;
}

/**
 * An inventory as people write it by hand.
 *
 * @param keys host keys by the names of the nodes whose keys are known beforehand
 */
export function iniInventory(
  file: string,
  nodes: readonly NodeHandle[],
  user: string,
  keys: Readonly<Record<string, string>> = {},
): string {
  const [primary, ...subnodes] = nodes.map((node) => {
    const key = keys[node.name] === undefined ? "" : ` host_key="${keys[node.name]}"`;
    return `${node.name} ansible_host=${node.address} ansible_ssh_private_key_file=${keyFile(node)}${key}`;
  });
  const lines = ["[controller]", primary, "", "[subnode]", ...subnodes, "", "[all:vars]", `ansible_user=${user}`];
  writeFileSync(file, `${lines.join("\n")}\n`);
  return file;
}

/** Gives a lab node another host key, as a machine has that took its place; the result puts the old one back. */
export async function changeHostKey(node: NodeHandle): Promise<() => Promise<void>> {
  const file = join(nodeFolder(node.lab ?? "", node.name), "etc", "ssh_host_ed25519_key");
  const parts = [file, `${file}.pub`].map((path) => ({ path, text: readFileSync(path) }));
  // The server reads its keys anew on SIGHUP; connections that are there stay.
  const reload = async (): Promise<void> => {
    await on(node, "kill -HUP $(cat /run/sshd.pid)");
    const [, key = ""] = readFileSync(`${file}.pub`, "utf8").split(" ");
    const scan = async () => await execa("ssh-keyscan", ["-t", "ed25519", node.address], { reject: false });
    await until(`${node.name} to show its new key`, RELOAD_SECONDS, async () => (await scan()).stdout.includes(key));
  };
  await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file], { input: "y\n" });
  await reload();
  return async () => {
    for (const { path, text } of parts) writeFileSync(path, text, { mode: 0o600 });
    await reload();
  };
}

/** Lets the owner of another key in to a lab node, and nobody else; the result puts the old key back. Connections that are there stay. */
export function changeLogin(node: NodeHandle, publicKey: string): () => void {
  const file = join(nodeFolder(node.lab ?? "", node.name), "etc", "authorized_keys");
  const before = readFileSync(file);
  writeFileSync(file, `${publicKey}\n`);
  return () => writeFileSync(file, before);
}

/** An SSH agent that holds a key. */
export interface Agent {
  /** What SSH_AUTH_SOCK is set to. */
  readonly socket: string;
  end(): void;
}

/** Starts an agent with a key in it; the caller ends it. */
export async function startAgent(socket: string, key: string): Promise<Agent> {
  const { stdout } = await execa("ssh-agent", ["-s", "-a", socket]);
  const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(stdout)?.[1]);
  await execa("ssh-add", ["-q", key], { env: { SSH_AUTH_SOCK: socket } });
  return { socket, end: () => void process.kill(pid) };
}
