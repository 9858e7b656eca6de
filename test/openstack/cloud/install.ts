/** Installs what a test cloud consists of: once for all runs on this machine, in the user's cache folder. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { ensureInstalled } from "../../../tools/packages/install.ts";
import type { RequiredPackage } from "../../../tools/packages/required.ts";
import { withLock } from "../../../tools/support/lock.mjs";
import { say, withProgress } from "../../../tools/support/progress.ts";
import { UserError } from "../../../tools/support/user-error.ts";

/** Debian packages beyond those of a lab. Servers are lab nodes: cloud images have sudo, so this machine needs it. */
const packages: readonly RequiredPackage[] = [
  { name: "mariadb-server", program: "mariadbd" },
  { name: "rabbitmq-server", program: "rabbitmq-server" },
  { name: "python3-venv", program: "python3" },
  { name: "sudo", program: "sudo" },
];

/** Longest wait for another run's installation, and for pip. */
const WAIT_MS = 20 * 60_000;
/** Lines of pip's output that an error repeats. */
const ERROR_LINES = 15;

/** Folder of the virtual environment: another one with every change of what is in it. */
export function servicesFolder(): string {
  return cacheFolder("services", ["requirements.txt", "constraints.txt"]);
}

/** Folder of the state that clouds begin with: another one with every change of what it is made from. */
export function preparedFolder(): string {
  return cacheFolder("state", ["requirements.txt", "constraints.txt", "prepare.ts", "configuration.ts", "layout.ts"]);
}

function cacheFolder(kind: string, sources: readonly string[]): string {
  const caches = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const hash = createHash("sha256");
  for (const name of sources) hash.update(readFileSync(join(import.meta.dirname, name)));
  return join(caches, "devstack-multinode", `cloud-${kind}-${hash.digest("hex").slice(0, 12)}`);
}

/** Runs `work` while no other run installs or prepares. */
export async function whileAlone<Result>(
  folder: string,
  purpose: string,
  work: () => Promise<Result>,
): Promise<Result> {
  mkdirSync(dirname(folder), { recursive: true });
  return await withLock(`${folder}.lock`, { purpose, timeoutMs: WAIT_MS, report: say }, work);
}

/** Installs the services and gives their virtual environment. */
export async function installServices(): Promise<string> {
  await ensureInstalled(packages);
  const venv = servicesFolder();
  // Programs in it name its folder: it is made where it stays, and counts only once this file is there.
  const done = join(venv, ".complete");
  await whileAlone(venv, "the installation of the test cloud", async () => {
    if (existsSync(done)) return;
    rmSync(venv, { recursive: true, force: true });
    await withProgress(
      "installing the OpenStack services of the test cloud with pip",
      () => "",
      async () => {
        await program("python3", ["-m", "venv", venv]);
        const here = (name: string) => join(import.meta.dirname, name);
        const wanted = ["-r", here("requirements.txt"), "-c", here("constraints.txt")];
        await program(join(venv, "bin", "pip"), ["install", "--quiet", "--disable-pip-version-check", ...wanted]);
      },
    );
    writeFileSync(done, "");
  });
  return venv;
}

async function program(name: string, args: readonly string[]): Promise<void> {
  const result = await execa(name, [...args], {
    stdin: "ignore",
    all: true,
    reject: false,
    timeout: WAIT_MS,
    env: { LC_ALL: "C" },
  });
  if (result.exitCode === 0) return;
  const tail = result.all?.trimEnd().split("\n").slice(-ERROR_LINES).join("\n") ?? result.shortMessage;
  throw new UserError(`${name} ${args.slice(0, 2).join(" ")} failed; the last lines were:\n${tail}`);
}
