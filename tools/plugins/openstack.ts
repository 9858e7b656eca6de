/** Brings Pulumi's plugin for OpenStack to this machine: what is there, else the official one, else one built here. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { pulumiHome } from "../pulumi/environment.ts";
import { type FoundPulumi, isProgram } from "../pulumi/locate.ts";
import { buildGoProgram, type GoProgram } from "../support/go.ts";
import { withLock } from "../support/lock.mjs";
import { say, withProgress } from "../support/progress.ts";
import { projectFolder } from "../support/project.ts";
import { UserError } from "../support/user-error.ts";

/** File name of the plugin, as Pulumi looks for it. */
const program = "pulumi-resource-openstack";

/** Milliseconds until the official plugin, about 25 MB, has to be here. */
const DOWNLOAD_TIMEOUT_MS = 5 * 60_000;
/** Longest wait for another set-up's download and build. */
const WAIT_MS = 60 * 60_000;
/** Milliseconds the plugin may take to say its version before it counts as broken. */
const VERSION_TIMEOUT_MS = 30_000;
/** Prefix of the folder that a build works in, beside where its result goes. */
const BUILD_PREFIX = ".devstack-multinode-build-";

/** The version of the npm package: Pulumi asks for the plugin of exactly this one. */
export function openstackPluginVersion(): string {
  const manifest = join(projectFolder, "node_modules", "@pulumi", "openstack", "package.json");
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
  // This package writes it with a letter before.
  return version.replace(/^v/, "");
}

/** Where Pulumi keeps the plugin of a version, and set-up puts the one it builds. */
export function pluginFolder(home: string, version: string): string {
  return join(home, "plugins", `resource-openstack-v${version}`);
}

/** The program of the plugin that Pulumi would run: one on PATH, or one whole in Pulumi's own folder; null when there is none. */
export function findOpenstackPlugin(home: string, path: string, version: string): string | null {
  const onPath = path
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, program))
    .find(isProgram);
  if (onPath !== undefined) return onPath;
  const folder = pluginFolder(home, version);
  // Pulumi's own mark of a download that did not end.
  const installed = join(folder, program);
  return isProgram(installed) && !existsSync(`${folder}.partial`) ? installed : null;
}

/** Finds or installs the plugin and gives its path. Of two set-ups at once, one waits and then finds what the other installed. */
export async function ensureOpenstackPlugin(pulumi: FoundPulumi): Promise<string> {
  const home = pulumiHome();
  const version = openstackPluginVersion();
  const find = () => findOpenstackPlugin(home, process.env.PATH ?? "", version);
  const found = find();
  if (found !== null) return found;
  const lock = join(home, "plugins", ".devstack-multinode-openstack");
  const options = { purpose: "the set-up of Pulumi's plugin for OpenStack", timeoutMs: WAIT_MS, report: say };
  return await withLock(lock, options, async () => {
    const meanwhile = find();
    if (meanwhile !== null) return meanwhile;
    const failure = await download(pulumi, home, version);
    if (failure !== null) {
      say(`the official plugin for OpenStack cannot be had (${failure}); building one instead`);
      await build(home, version);
    }
    const installed = find();
    if (installed !== null) return installed;
    throw new UserError(`the plugin for OpenStack was installed in ${pluginFolder(home, version)} but is not there.`);
  });
}

/** Lets Pulumi download the official plugin; gives why it could not. */
async function download({ folder }: FoundPulumi, home: string, version: string): Promise<string | null> {
  return await withProgress(
    `looking for the official plugin for OpenStack ${version}`,
    () => "",
    async () => {
      const result = await execa(join(folder, "pulumi"), ["plugin", "install", "resource", "openstack", version], {
        env: { PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" },
        stdin: "ignore",
        all: true,
        reject: false,
        timeout: DOWNLOAD_TIMEOUT_MS,
      });
      if (result.exitCode === 0) return null;
      if (result.timedOut) return `not here after ${DOWNLOAD_TIMEOUT_MS / 60_000} minutes`;
      return result.all.trimEnd().split("\n").at(-1)?.trim() || `exit code ${result.exitCode}`;
    },
  );
}

/** Builds the plugin beside where Pulumi looks for it, and moves it there in one step once it has proven to run. */
async function build(home: string, version: string): Promise<void> {
  const plugins = join(home, "plugins");
  mkdirSync(plugins, { recursive: true });
  sweep(plugins);
  const folder = mkdtempSync(join(plugins, BUILD_PREFIX));
  try {
    const output = join(folder, program);
    await buildGoProgram(openstackPlugin(version), output);
    const { exitCode, stdout } = await execa(output, ["-version"], { reject: false, timeout: VERSION_TIMEOUT_MS });
    if (exitCode !== 0 || stdout.trim() !== version) {
      throw new UserError(
        `expected a plugin for OpenStack of version ${version}; given: ${stdout.trim() || "one that does not run"}. Run the same command again.`,
      );
    }
    const target = pluginFolder(home, version);
    // Temporary folders are for their owner alone; Pulumi's own are not.
    chmodSync(folder, 0o755);
    for (const remains of [target, `${target}.partial`]) rmSync(remains, { recursive: true, force: true });
    renameSync(folder, target);
    say(`plugin for OpenStack ${version} installed in ${target}`);
  } finally {
    sweep(plugins);
  }
}

/** What set-up builds where the official plugin is out of reach. */
export function openstackPlugin(version: string): GoProgram {
  return {
    program,
    module: "openstack-plugin",
    package: ".",
    linkerFlags: `-s -w -X main.version=${version}`,
    instead: `pulumi plugin install resource openstack ${version}`,
  };
}

/** Takes away what an interrupted build left; only the holder of the lock comes here. */
function sweep(plugins: string): void {
  for (const name of readdirSync(plugins)) {
    if (name.startsWith(BUILD_PREFIX)) rmSync(join(plugins, name), { recursive: true, force: true });
  }
}
