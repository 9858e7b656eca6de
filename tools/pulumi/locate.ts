/** Finds a `pulumi` that can run this project. */

import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join, sep } from "node:path";
import { execa } from "execa";
import { isCompatible, pulumiVersion } from "./version.ts";

/**
 * The programs that make a working Pulumi for Node.js, in the order they are put in place: the CLI comes last, so
 * that whoever sees it has the others too.
 */
export const programs = ["pulumi-resource-pulumi-nodejs", "pulumi-language-nodejs", "pulumi"] as const;

/** Milliseconds a `pulumi version` may take before the program counts as broken. */
const VERSION_TIMEOUT_MS = 30_000;

/** A Pulumi on this machine. */
export interface FoundPulumi {
  /** Folder of the `pulumi` program. */
  readonly folder: string;
  readonly version: string;
}

/** Where set-up installs Pulumi; the npm package `pulumi` looks there too. */
export function installFolder(home: string): string {
  return join(home, "versions", pulumiVersion, "bin");
}

/** Finds a compatible Pulumi: set-up's own, or a complete one on PATH; null when there is none. */
export async function findPulumi(home: string, path: string): Promise<FoundPulumi | null> {
  const own = installFolder(home);
  if (programs.every((program) => isProgram(join(own, program)))) {
    const version = await versionOf(join(own, "pulumi"));
    if (version !== null && isCompatible(version)) return { folder: own, version };
  }
  const folders = path.split(delimiter).filter((folder) => folder !== "" && folder !== own && !isLaunchers(folder));
  const onPath = (program: string) => folders.some((folder) => isProgram(join(folder, program)));
  const folder = folders.find((candidate) => isProgram(join(candidate, "pulumi")));
  if (folder === undefined || !programs.every(onPath)) return null;
  const version = await versionOf(join(folder, "pulumi"));
  return version !== null && isCompatible(version) ? { folder, version } : null;
}

/** What `pulumi version` says, or null when the program does not work. */
export async function versionOf(program: string): Promise<string | null> {
  const env = { PULUMI_SKIP_UPDATE_CHECK: "true" };
  const result = await execa(program, ["version"], { env, reject: false, timeout: VERSION_TIMEOUT_MS });
  return result.exitCode === 0 ? result.stdout.trim() : null;
}

/** Whether the file is there, has content, and may be executed. */
export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    const file = statSync(path);
    return file.isFile() && file.size > 0;
  } catch {
    return false;
  }
}

/** Where a project of ours keeps the launcher that stands before the real `pulumi` (tools/pulumi/launcher/pulumi), below its own folder. */
export const launcherFolder = join("tools", "pulumi", "launcher");

/** Whether a folder of PATH has a launcher that only looks like Pulumi: ours, or npm's, which downloads the real one. */
function isLaunchers(folder: string): boolean {
  return [launcherFolder, join("node_modules", ".bin")].some((launchers) => folder.endsWith(sep + launchers));
}
