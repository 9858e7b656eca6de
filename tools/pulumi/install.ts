/** Brings a working Pulumi to this machine: what is there, else a download, else a build. */
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { withLock } from "../support/lock.mjs";
import { say } from "../support/progress.ts";
import { projectFolder } from "../support/project.ts";
import { UserError } from "../support/user-error.ts";
import { buildPulumi } from "./build.ts";
import { type DownloadResult, downloadPulumi } from "./download.ts";
import { pulumiHome } from "./environment.ts";
import { type FoundPulumi, findPulumi, installFolder, isProgram, programs, versionOf } from "./locate.ts";
import { isCompatible, pulumiVersion } from "./version.ts";

/** Longest wait for another set-up's download and build. */
const WAIT_MS = 100 * 60_000;

/** Where a Pulumi may be. */
export interface Places {
  /** Absolute path of Pulumi's own folder, which set-up installs in. */
  readonly home: string;
  /** Folders of programs, as in PATH. */
  readonly path: string;
}

/** The ways to get Pulumi's programs, in the order they are tried. */
export interface Sources {
  /** Gives a folder with the programs, or why there is none; never throws. */
  download(parent: string): Promise<DownloadResult>;
  /** Builds the programs into a folder that is there. */
  build(folder: string): Promise<void>;
}

/**
 * Finds or installs a compatible Pulumi. Of two set-ups at once, one waits and then finds what the other installed.
 *
 * @throws UserError where what was got is not complete; then nothing of it is in place
 */
export async function ensurePulumi(
  { home, path }: Places = { home: pulumiHome(), path: process.env.PATH ?? "" },
  sources: Sources = { download: downloadPulumi, build: buildPulumi },
): Promise<FoundPulumi> {
  const find = () => findPulumi(home, path);
  const found = await find();
  if (found !== null) return found;
  const lock = join(home, "versions", ".devstack-multinode-set-up");
  const options = { purpose: "the set-up of Pulumi", timeoutMs: WAIT_MS, report: say };
  return await withLock(lock, options, async () => {
    const meanwhile = await find();
    if (meanwhile !== null) return meanwhile;
    await install(installFolder(home), sources);
    const installed = await find();
    if (installed === null)
      throw new UserError(`Pulumi was installed in ${installFolder(home)} but does not run there.`);
    return installed;
  });
}

async function install(target: string, sources: Sources): Promise<void> {
  say(`no compatible Pulumi here yet: getting ${pulumiVersion}`);
  mkdirSync(target, { recursive: true });
  const versionFolder = dirname(target);
  sweep(versionFolder);
  try {
    const download = await sources.download(versionFolder);
    if ("folder" in download) {
      await putInPlace(download.folder, target);
      return;
    }
    say(`the download site of Pulumi cannot be used (${download.failure}); building it instead`);
    const folder = mkdtempSync(join(versionFolder, ".build-"));
    await sources.build(folder);
    await putInPlace(folder, target);
  } finally {
    sweep(versionFolder);
  }
}

/** Takes away what an interrupted set-up left; only the holder of the lock comes here. */
function sweep(versionFolder: string): void {
  for (const name of readdirSync(versionFolder)) {
    if (name.startsWith(".download-") || name.startsWith(".build-")) {
      rmSync(join(versionFolder, name), { recursive: true, force: true });
    }
  }
}

/** Moves finished programs to where they are used, each in one step, after they have proven to work. */
async function putInPlace(from: string, target: string): Promise<void> {
  const launcher = "pulumi-resource-pulumi-nodejs";
  if (!isProgram(join(from, launcher))) {
    copyFileSync(join(projectFolder, "node_modules", "@pulumi", "pulumi", launcher), join(from, launcher));
    chmodSync(join(from, launcher), 0o755);
  }
  const version = await versionOf(join(from, "pulumi"));
  const missing = programs.filter((program) => !isProgram(join(from, program)));
  if (version === null || !isCompatible(version) || missing.length > 0) {
    const given = missing.length > 0 ? `no ${missing.join(", ")}` : `version ${version ?? "unknown: it does not run"}`;
    throw new UserError(`expected a complete Pulumi ${pulumiVersion}; given: ${given}. Run the same command again.`);
  }
  const others = readdirSync(from).filter((name) => !programs.some((program) => program === name));
  for (const name of [...others, ...programs]) renameSync(join(from, name), join(target, name));
  say(`Pulumi ${version} installed in ${target}`);
}
