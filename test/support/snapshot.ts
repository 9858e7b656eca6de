/**
 * What this machine is like, as lines of text, so that a test can show that a destroyed stack left nothing. Parts that
 * stacks of other tests own are left out: they come and go meanwhile.
 */
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { labsFolder } from "../../providers/lab/folders.ts";
import { identify, isAlive, parentOf } from "../../providers/processes.ts";
import { PROJECT_PREFIX } from "./project.ts";
import { labFolders, type TestStack } from "./stack.ts";
import { until } from "./until.ts";

/** Lines, each opening with the kind of thing it tells of. */
export type Snapshot = ReadonlySet<string>;

/** Seconds for what ends behind a destroy's back, such as the last connections' processes, to be gone. */
const SETTLE_SECONDS = 10;

/** Sysctls that count or measure what everybody on the machine does. */
const MEASURES = /nf_conntrack_count|\.(base_reachable|statistics|mtu_expires|tcp_.*(mem|cookie_secret))|somaxconn_now/;

/** Where iproute2 keeps the names of network namespaces. */
const NAMESPACES = "/run/netns";

/** Names of temporary files that the programs a stack runs could leave. */
const OUR_FILES = "multinode|devstack|nspawn|systemd|ovs|localconf";

/** Commands whose whole output is part of a snapshot, by kind. */
const COMMANDS: Readonly<Record<string, string>> = {
  namespace: "ip netns list",
  route: "ip -o route show table all; ip -o -6 route show table all",
  address: "ip -o address show",
  rule: "nft list ruleset 2>/dev/null; iptables-save 2>/dev/null | grep -v '^[#:]'; ip rule; ip -6 rule",
  sysctl: "sysctl -a 2>/dev/null | grep '^net\\.'",
  etc: "find /etc -type f -printf '%m %u ' -exec sha256sum {} +; find /etc ! -type f -printf '%y %m %u %p %l\\n'",
  // The stack's processes have a folder of their own for these; in the shared one, anybody else's come and go as well.
  file: `find /run -maxdepth 2 -printf '%y %p\\n'; find /var/tmp ${tmpdir()} -maxdepth 1 -printf '%y %p\\n' | grep -E '${OUR_FILES}'`,
};

/** Takes a snapshot of the machine, with what the stack's project keeps in its own folder for temporary files. */
export async function snapshot(stack: TestStack): Promise<Snapshot> {
  const links = await interfaces();
  const printed = await Promise.all(
    Object.entries(COMMANDS).map(async ([kind, command]) => {
      const { stdout } = await execa("sh", ["-c", command], { reject: false });
      return stdout
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => `${kind} ${withoutCounters(line)}`);
    }),
  );
  // Others' may have come meanwhile.
  const foreignLinks = [...links, ...(await interfaces())]
    .filter(({ alias, name }) => isForeignLink(stack, name, alias))
    .map(({ name }) => name);
  const isForeign = (line: string): boolean =>
    isForeignLine(stack, line) || foreignLinks.some((link) => line.includes(link));
  const temporary = readdirSync(stack.project.temporary).map((name) => `file ${join(stack.project.temporary, name)}`);
  const own = [...links.map(({ name }) => `link ${name}`), ...mounts(), ...printed.flat(), ...temporary];
  return new Set([...own.filter((line) => !isForeign(line) && !MEASURES.test(line)), ...processes(stack)]);
}

/**
 * Waits until the machine is as it was; what ends only a moment later counts as ended.
 *
 * @throws Error that lists what is there now and was not, and what is missing
 */
export async function expectSameMachine(stack: TestStack, before: Snapshot): Promise<void> {
  let left: readonly string[] | undefined;
  const look = async (): Promise<boolean> => {
    const now = await snapshot(stack);
    const added = [...now].filter((line) => !before.has(line)).map((line) => `+ ${line}`);
    const missing = [...before].filter((line) => !now.has(line)).map((line) => `- ${line}`);
    const different = new Set([...added, ...missing]);
    // What a stack left stays: a difference that is not there in every look is somebody else's coming and going.
    left = (left ?? [...different]).filter((line) => different.has(line));
    return left.length === 0;
  };
  await until("the machine to be as it was", SETTLE_SECONDS, look).catch((error: Error) => {
    throw new Error(`${error.message}:\n${left?.join("\n")}`);
  });
}

/** Processes that belong to a stack: started by its Pulumi, or for its lab; `<pid> <command line>` each. */
export function processesOf(stack: TestStack): readonly string[] {
  const marks = [stack.project.folder, `DEVSTACK_MULTINODE_LAB=${stack.name}-`];
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((entry) =>
      marks.some((mark) => read(`/proc/${entry}/environ`).includes(mark) || cwd(entry).startsWith(mark)),
    )
    .map((entry) => `${entry} ${read(`/proc/${entry}/cmdline`).replaceAll("\0", " ").trim()}`)
    .filter((line) => !/ $/.test(line));
}

/** Those of the stack; and every server of the kinds a lab runs, unless a lab started it. */
function processes(stack: TestStack): readonly string[] {
  const programs = readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map((entry) => ({ entry, program: read(`/proc/${entry}/comm`).trim() }));
  const others = programs
    .filter(({ program }) => /^(systemd-nspawn|ovs-vswitchd|ovsdb-server|sshd)$/.test(program))
    .filter(({ entry }) => !isEnding(entry) && !isOfALab(entry))
    .map(({ entry, program }) => `${entry} ${program}`);
  return [...processesOf(stack), ...others].map((line) => `process ${line}`);
}

/** Whether a process is about to be gone: of one that gave its memory back nobody can tell whose it was. */
function isEnding(pid: string): boolean {
  return read(`/proc/${pid}/environ`) === "";
}

/** Whether a lab's mark is in the environment of the process, or of one it descends from: servers overwrite their own. */
function isOfALab(pid: string): boolean {
  for (let current = Number(pid); current > 1; current = parentOf(current) ?? 0) {
    if (read(`/proc/${current}/environ`).includes("DEVSTACK_MULTINODE_LAB=")) return true;
  }
  return false;
}

async function interfaces(): Promise<readonly { readonly name: string; readonly alias: string }[]> {
  const { stdout } = await execa("ip", ["-j", "-d", "link", "show"]);
  const links = JSON.parse(stdout) as { ifname: string; ifalias?: string }[];
  return links.map(({ ifname, ifalias }) => ({ name: ifname, alias: ifalias ?? "" }));
}

/** A lab's link shows its stack; one that is just being made shows nothing yet, and is looked at again. */
function isForeignLink(stack: TestStack, name: string, alias: string): boolean {
  return name.startsWith("mn-") && alias !== "" && !alias.includes(` ${stack.name}-`);
}

/** Whether a line names a namespace, a lab's folder or a test's project that is not this stack's. */
function isForeignLine(stack: TestStack, line: string): boolean {
  const named = new RegExp(`multinode-(?!test-)([\\w-]+?)-[0-9a-f]{6}-|${labsFolder}/([\\w-]+?)-[0-9a-f]{6}`).exec(
    line,
  );
  const owner = named?.[1] ?? named?.[2];
  if (owner !== undefined) return owner !== stack.name;
  // Every lab of the machine takes these locks for a moment; one whose holder is dead is left over, and nobody's.
  if (line.includes(` ${labsFolder}/`) && /\.lock(\.|$)/.test(line)) return !isLeftLock(line.slice(line.indexOf("/")));
  // The folder of all labs stays as long as there is one.
  if (line.endsWith(labsFolder)) return stack.labs().length === 0 && labFolders().length > 0;
  return line.includes(PROJECT_PREFIX) && !line.includes(stack.project.folder);
}

/** Whether a lock, or what a process wrote on the way to one, is there and the process is dead. */
function isLeftLock(path: string): boolean {
  const [, claimant] = /\.lock\.(\d+)\.\w+$/.exec(path) ?? [];
  const text = read(path);
  if (!existsSync(path)) return false;
  if (claimant !== undefined) return identify(Number(claimant)) === undefined;
  return text !== "" && !isAlive(JSON.parse(text));
}

function mounts(): readonly string[] {
  const lines = read("/proc/self/mountinfo").split("\n");
  // iproute2 mounts its folder of namespaces once and for all.
  return lines
    .map((line) => `mount ${line.split(" ").slice(3, 5).join(" ")}`)
    .filter((line) => !line.endsWith(` ${NAMESPACES}`));
}

function withoutCounters(line: string): string {
  return line
    .replaceAll(/ (expires|metric_age|used|valid_lft|preferred_lft) \S+/g, "")
    .replaceAll(/ id \d+$/g, "")
    .trimEnd();
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function cwd(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return "";
  }
}
