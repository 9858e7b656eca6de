/**
 * Brings Ansible to this machine, for the benchmark and the tests alone: a virtual environment of Python's with the exact
 * versions of a list in `toolchain/ansible`, in a folder of its own that later runs find.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { ensureMissing } from "../packages/install.ts";
import type { RequiredPackage } from "../packages/required.ts";
import { withLock } from "../support/lock.mjs";
import { say, withProgress } from "../support/progress.ts";
import { projectFolder, workFolder } from "../support/project.ts";
import { UserError } from "../support/user-error.ts";

/** Oldest Python that the pinned ansible-core runs on, as its package says. */
const OLDEST_PYTHON = [3, 11] as const;
/** Milliseconds for making the virtual environment, and for the download. */
const INSTALL_TIMEOUT_MS = 5 * 60_000;
/** Lines of a program's output that an error repeats. */
const ERROR_LINES = 8;

/** What can be had: Ansible alone, or with the community's collections, whose modules know Open vSwitch. */
export type AnsibleKind = "core" | "community";

const listsFolder = join(projectFolder, "toolchain", "ansible");

const listsOf: Readonly<Record<AnsibleKind, readonly string[]>> = {
  core: ["core.txt"],
  community: ["core.txt", "community.txt"],
};

/** Python's own modules that make a virtual environment; Debian has the second in a package of its own. */
const pythonPackages: readonly RequiredPackage[] = [{ name: "python3-venv", program: "python3 -m venv" }];

/** Finds or installs Ansible; gives the folder of its programs. Of two at once, one waits for the other. */
export async function ensureAnsible(kind: AnsibleKind): Promise<string> {
  const lists = listsOf[kind].map((name) => join(listsFolder, name));
  const folder = ansibleFolder(lists.map((list) => readFileSync(list, "utf8")).join("\n"));
  const stamp = join(folder, ".complete");
  const programs = join(folder, "bin");
  if (await works(programs, stamp)) return programs;
  mkdirSync(join(workFolder, ".cache"), { recursive: true });
  const options = { purpose: "the set-up of Ansible", timeoutMs: 3 * INSTALL_TIMEOUT_MS, report: say };
  return await withLock(`${folder}.lock`, options, async () => {
    if (await works(programs, stamp)) return programs;
    rmSync(folder, { recursive: true, force: true });
    await install(folder, lists);
    writeFileSync(stamp, "");
    return programs;
  });
}

/** Where the environment of these requirements is: others have another place. */
export function ansibleFolder(requirements: string): string {
  const hash = createHash("sha256").update(requirements).digest("hex").slice(0, 12);
  return join(workFolder, ".cache", `ansible-${hash}`);
}

/** Whether the environment was finished, and the Python it was made with is still there. */
async function works(programs: string, stamp: string): Promise<boolean> {
  if (!existsSync(stamp)) return false;
  const { exitCode } = await execa(join(programs, "python"), ["-c", "import ansible"], { reject: false });
  return exitCode === 0;
}

async function install(folder: string, lists: readonly string[]): Promise<void> {
  await ensureMissing(async () => ((await runs("import venv, ensurepip")) ? [] : pythonPackages));
  const { stdout } = await execa("python3", ["-c", "import sys; print(*sys.version_info[:2])"]);
  const version = stdout.trim().split(" ").map(Number);
  if (!isNewEnough(version))
    throw cannotBeHad(`expected Python ${OLDEST_PYTHON.join(".")}; given: ${version.join(".")}`);
  await withProgress(
    "installing Ansible for comparison and tests",
    () => "",
    async () => {
      await perform("python3", ["-m", "venv", folder]);
      const quiet = ["--disable-pip-version-check", "--no-input", "--quiet"];
      // Every package is listed, so nothing else is to be looked for.
      await perform(join(folder, "bin", "python"), [
        "-m",
        "pip",
        "install",
        ...quiet,
        "--no-deps",
        ...lists.flatMap((list) => ["-r", list]),
      ]);
    },
  );
}

/** Whether a version, major and minor, can run the pinned ansible-core. */
export function isNewEnough([major = 0, minor = 0]: readonly number[]): boolean {
  const [oldestMajor, oldestMinor] = OLDEST_PYTHON;
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

async function runs(code: string): Promise<boolean> {
  const { exitCode } = await execa("python3", ["-c", code], { reject: false });
  return exitCode === 0;
}

async function perform(program: string, args: readonly string[]): Promise<void> {
  const result = await execa(program, [...args], {
    stdin: "ignore",
    all: true,
    reject: false,
    timeout: INSTALL_TIMEOUT_MS,
  });
  if (result.exitCode === 0) return;
  const tail = result.all.trimEnd().split("\n").slice(-ERROR_LINES).join("\n");
  throw cannotBeHad(result.timedOut ? `${tail}\n(stopped after ${INSTALL_TIMEOUT_MS / 60_000} minutes)` : tail);
}

function cannotBeHad(reason: string): UserError {
  return new UserError(
    `Ansible cannot be had on this machine:\n${reason}\nIt is for comparison and tests only: nothing else needs it.`,
  );
}
