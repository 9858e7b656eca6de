/** Boots and ends one lab node on this machine. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { StepError } from "../remote/error.ts";
import { ipBatch, ipJson, local } from "./commands.ts";
import {
  identityFile,
  type LabIdentity,
  labFolder,
  labMark,
  namespaceOf,
  nodeFolder,
  nodeMark,
  routerLink,
  routerNode,
} from "./folders.ts";
import { type NodeRecord, recordPath, runningNode } from "./liveness.ts";
import { withLock } from "./lock.ts";
import { end, identify, processesMarked } from "./processes.ts";

/** What a node is booted with. */
export interface NodeSpec {
  /** `primary`, `subnode-1`, … */
  name: string;
  number: number;
  hostname: string;
  /** Underlay address and the prefix length of its link. */
  address: string;
  prefixLength: number;
  /** The router's address on that link. */
  gateway: string;
  /** MTU of the underlay in bytes. */
  mtu: number;
  /** Whether it carries Open vSwitch. */
  openVswitch: boolean;
}

/** Seconds until a killed node's processes have to be gone. */
const endSeconds = 10;

/** Interface of a node towards the underlay, before Open vSwitch or a new name take it over. */
const nodeLink = "phy0";

/**
 * Makes sure a node of this specification runs, and gives its record. A running one is kept; remains of an
 * interrupted boot are cleared first.
 *
 * @param project the project's folder, hidden from the node like the users' own folders
 */
export async function bootNode(lab: LabIdentity, spec: NodeSpec, project: string): Promise<NodeRecord> {
  const folder = labFolder(lab);
  return await withLock(join(folder, "locks", spec.name), async () => {
    const running = runningNode(folder, spec.name);
    if (running?.spec === JSON.stringify(spec)) return running;
    await clearNode(lab, spec.name, spec.number);
    await makeLink(lab, spec);
    await writeNodeFiles(folder, spec);
    return start(lab, spec, project);
  });
}

/** Ends a node and removes all of it; nothing left counts as done. With an incarnation, only that one is ended. */
export async function removeNode(lab: LabIdentity, name: string, number: number, incarnation?: string): Promise<void> {
  const folder = labFolder(lab);
  await withLock(join(folder, "locks", name), async () => {
    const running = runningNode(folder, name);
    if (incarnation !== undefined && running !== undefined && running.incarnation !== incarnation) return;
    await clearNode(lab, name, number);
  });
}

/** The public half of a node's host key, `<type> <base64>`. */
export function hostKeyOf(lab: LabIdentity, name: string): string {
  const [type, key] = readFileSync(
    join(nodeFolder(labFolder(lab), name), "etc", "ssh_host_ed25519_key.pub"),
    "utf8",
  ).split(" ");
  return `${type} ${key}`;
}

async function clearNode(lab: LabIdentity, name: string, number: number): Promise<void> {
  await end(processesMarked(nodeMark(lab, name)), endSeconds);
  const namespaces = await ipJson<{ name: string }>(`look for ${name}'s namespace`, ["netns", "list"]);
  const has = (wanted: string): boolean => namespaces.some((namespace) => namespace.name === wanted);
  if (has(namespaceOf(lab, routerNode))) await removeRouterLink(lab, name, number);
  if (has(namespaceOf(lab, name)))
    await local(`remove ${name}'s namespace`, "ip", ["netns", "delete", namespaceOf(lab, name)]);
  rmSync(nodeFolder(labFolder(lab), name), { recursive: true, force: true });
}

/** Without it the link would vanish some time after the namespace, and be in the next boot's way. */
async function removeRouterLink(lab: LabIdentity, name: string, number: number): Promise<void> {
  const router = namespaceOf(lab, routerNode);
  const links = await ipJson<{ ifname: string }>(`look for ${name}'s link`, ["-n", router, "link", "show"]);
  if (!links.some((link) => link.ifname === routerLink(number))) return;
  await ipBatch(`remove ${name}'s link`, router, [`link delete ${routerLink(number)}`]);
}

async function makeLink(lab: LabIdentity, spec: NodeSpec): Promise<void> {
  const router = namespaceOf(lab, routerNode);
  const namespace = namespaceOf(lab, spec.name);
  const link = routerLink(spec.number);
  const noDuplicateDetection = spec.gateway.includes(":") ? " nodad" : "";
  const step = `make ${spec.name}'s underlay link`;
  await local(step, "ip", ["netns", "add", namespace]);
  await ipBatch(step, router, [
    `link add ${link} mtu ${spec.mtu} type veth peer name ${nodeLink} mtu ${spec.mtu} netns ${namespace}`,
    `address add ${spec.gateway}/${spec.prefixLength} dev ${link}${noDuplicateDetection}`,
    `link set ${link} up`,
  ]);
  // Open vSwitch in userspace neither computes nor forgives checksums that a virtual link leaves for later.
  const offload = ["tx", "off"];
  await Promise.all([
    local(step, "ip", ["netns", "exec", router, "ethtool", "-K", link, ...offload]),
    local(step, "ip", ["netns", "exec", namespace, "ethtool", "-K", nodeLink, ...offload]),
  ]);
}

async function writeNodeFiles(lab: string, spec: NodeSpec): Promise<void> {
  const folder = nodeFolder(lab, spec.name);
  const etc = join(folder, "etc");
  mkdirSync(join(folder, "root"), { recursive: true, mode: 0o700 });
  mkdirSync(etc, { mode: 0o700 });
  await ensureIdentity(lab);
  await local(`make ${spec.name}'s host key`, "ssh-keygen", [
    "-q",
    "-t",
    "ed25519",
    "-N",
    "",
    "-C",
    spec.hostname,
    "-f",
    join(etc, "ssh_host_ed25519_key"),
  ]);
  copyFileSync(`${identityFile(lab)}.pub`, join(etc, "authorized_keys"));
  chmodSync(join(etc, "authorized_keys"), 0o600);
  copyFileSync(join(import.meta.dirname, "init.sh"), join(etc, "init.sh"));
  writeFileSync(join(etc, "sshd_config"), sshdConfig);
}

/** The lab's key pair is made by the first node that needs it; two of them may come at once. */
async function ensureIdentity(lab: string): Promise<void> {
  await withLock(join(lab, "locks", "identity"), async () => {
    if (existsSync(`${identityFile(lab)}.pub`)) return;
    rmSync(`${identityFile(lab)}.new`, { force: true });
    const comment = "devstack-multinode lab";
    await local("make the lab's key", "ssh-keygen", [
      "-q",
      "-t",
      "ed25519",
      "-N",
      "",
      "-C",
      comment,
      "-f",
      `${identityFile(lab)}.new`,
    ]);
    renameSync(`${identityFile(lab)}.new`, identityFile(lab));
    renameSync(`${identityFile(lab)}.new.pub`, `${identityFile(lab)}.pub`);
  });
}

/**
 * Password logins are off; without PAM a login costs no look for a session manager that lab nodes lack. Limits other
 * than those of connections starting at once stay at OpenSSH's defaults, as on a host.
 */
const sshdConfig = `HostKey /run/multinode/ssh_host_ed25519_key
AuthorizedKeysFile /run/multinode/authorized_keys .ssh/authorized_keys
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
MaxStartups 100
PidFile /run/sshd.pid
Subsystem sftp internal-sftp
`;

/** The node outlives this process: it gets a session of its own and no descriptor of ours. */
function start(lab: LabIdentity, spec: NodeSpec, project: string): NodeRecord {
  const folder = nodeFolder(labFolder(lab), spec.name);
  const log = openSync(join(folder, "log"), "a", 0o600);
  const init = [
    `${spec.address}/${spec.prefixLength}`,
    spec.gateway,
    String(spec.mtu),
    spec.openVswitch ? "openvswitch" : "plain",
  ];
  const hidden = [...new Set(["/root", "/home", "/tmp", homedir(), project])].filter((path) => path !== "/");
  const child = spawn(
    "unshare",
    [
      "--mount",
      "/bin/sh",
      join(import.meta.dirname, "boot.sh"),
      folder,
      namespaceOf(lab, spec.name),
      spec.hostname,
      ...hidden,
      "--",
      ...init,
    ],
    { detached: true, stdio: ["ignore", log, log], cwd: "/", env: nodeEnvironment(lab, spec.name) },
  );
  child.unref();
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  if (identity === undefined)
    throw new StepError(spec.name, "boot", "the node's first process did not start", tailOfLog(folder));
  const record: NodeRecord = {
    incarnation: randomBytes(6).toString("hex"),
    init: identity,
    spec: JSON.stringify(spec),
  };
  const path = recordPath(labFolder(lab), spec.name);
  writeFileSync(`${path}.new`, JSON.stringify(record), { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return record;
}

/** The marks, by which a sweep finds the node, and nothing else of our environment. */
function nodeEnvironment(lab: LabIdentity, name: string): NodeJS.ProcessEnv {
  const marks = [labMark(lab), nodeMark(lab, name)].map((mark) => mark.split("=") as [string, string]);
  return { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C", ...Object.fromEntries(marks) };
}

/** The end of what a node printed while it booted. */
export function tailOfLog(folder: string): string {
  return readFileSync(join(folder, "log"), "utf8").slice(-2000);
}
