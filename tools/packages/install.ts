/** Installs missing Debian packages, or says how to. */

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { say, withProgress } from "../support/progress.ts";
import { UserError } from "../support/user-error.ts";
import { missingPackages, type Purpose, packagesMissing, type RequiredPackage, requiredPackages } from "./required.ts";
import { disableNew, enablingLinks, pathWithoutServiceStart } from "./services.ts";

/** Milliseconds for one run of apt-get. */
const APT_TIMEOUT_MS = 10 * 60_000;
/** Seconds that apt-get itself waits for another package manager. */
const LOCK_SECONDS = 300;
/** How often an installation is tried: mirrors fail for a moment now and then. */
const ATTEMPTS = 3;
/** Lines of apt-get's output that an error repeats. */
const ERROR_LINES = 15;

/** Makes sure that the packages of a purpose are there. Without root, throws the one command to run. */
export async function ensurePackages(purpose: Purpose): Promise<void> {
  await ensureInstalled(requiredPackages[purpose]);
}

/** The same for any packages. */
export async function ensureInstalled(packages: readonly RequiredPackage[]): Promise<void> {
  await ensureMissing(() => missingPackages(packages, process.env.PATH ?? "", existsSync));
}

/** The same for packages that something else than a look for their programs finds to be missing. */
export async function ensureMissing(
  missing: () => readonly RequiredPackage[] | Promise<readonly RequiredPackage[]>,
): Promise<void> {
  const wanted = await missing();
  if (wanted.length === 0) return;
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get"))
    throw new UserError(packagesMissing(wanted, existsSync("/usr/bin/apt-get")));
  await installPackages(wanted);
  const still = await missing();
  if (still.length > 0) {
    const programs = still.map(({ name, program }) => `${program} (${name})`).join(", ");
    throw new UserError(`the packages are installed, but these programs are still not on PATH: ${programs}`);
  }
}

async function installPackages(wanted: readonly RequiredPackage[]): Promise<void> {
  const names = wanted.map(({ name }) => name);
  const before = enablingLinks();
  const standIns = mkdtempSync(join(tmpdir(), "devstack-multinode-apt-"));
  try {
    const options = [
      ...["-o", `DPkg::Path=${pathWithoutServiceStart(standIns)}`],
      ...["-o", `DPkg::Lock::Timeout=${LOCK_SECONDS}`],
    ];
    const install = ["install", "-y", "--no-install-recommends", ...options, ...names];
    await withProgress(
      `installing ${names.join(" ")}`,
      () => "",
      async () => {
        let attempt = 1;
        let result = await apt(install);
        // The lists of a fresh machine are empty or old: they are fetched only when they do not serve.
        while (result.failure !== null && attempt < ATTEMPTS) {
          await apt(["update", "-o", `DPkg::Lock::Timeout=${LOCK_SECONDS}`]);
          result = await apt(install);
          attempt += 1;
        }
        if (result.failure !== null) {
          throw new UserError(`apt-get install failed; the last lines were:\n${result.failure}`);
        }
      },
    );
  } finally {
    const disabled = await disableNew(before);
    if (disabled.length > 0) say(`left disabled and not started: ${disabled.join(", ")}`);
    rmSync(standIns, { recursive: true, force: true });
  }
}

async function apt(args: readonly string[]): Promise<{ failure: string | null }> {
  const env = { DEBIAN_FRONTEND: "noninteractive", NEEDRESTART_SUSPEND: "1", LC_ALL: "C" };
  const result = await execa("apt-get", [...args], {
    env,
    stdin: "ignore",
    all: true,
    reject: false,
    timeout: APT_TIMEOUT_MS,
  });
  if (result.exitCode === 0) return { failure: null };
  const tail = result.all.trimEnd().split("\n").slice(-ERROR_LINES).join("\n");
  return { failure: result.timedOut ? `${tail}\n(stopped after ${APT_TIMEOUT_MS / 60_000} minutes)` : tail };
}
