/** Pulumi's command plugin, which stacks that run devstack need: what is there, else a download. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { say } from "../support/progress.ts";
import { projectFolder } from "../support/project.ts";
import { UserError } from "../support/user-error.ts";
import { pulumiHome } from "./environment.ts";
import { isProgram } from "./locate.ts";

/** The plugin's program. */
const PROGRAM = "pulumi-resource-command";

/** Milliseconds for the download, about 20 MB. */
const DOWNLOAD_TIMEOUT_MS = 5 * 60_000;

/** How many lines of a failed download are shown. */
const TAIL_LINES = 5;

/** The version of the plugin that belongs to the installed SDK. */
export function commandVersion(): string {
  const require = createRequire(join(projectFolder, "package.json"));
  const { version } = JSON.parse(readFileSync(require.resolve("@pulumi/command/package.json"), "utf8"));
  return version as string;
}

/** Where Pulumi looks for the plugin: its own folder of this version, then PATH. */
export function pluginPlaces(home: string, path: string, version: string): readonly string[] {
  const folders = path.split(delimiter).filter((folder) => folder !== "");
  return [join(home, "plugins", `resource-command-v${version}`), ...folders].map((folder) => join(folder, PROGRAM));
}

/**
 * Makes sure that the plugin is there.
 *
 * @param environment that `pulumi` runs in
 * @throws UserError where it is not there and cannot be downloaded: how to bring it, or do without
 */
export async function ensureCommandPlugin(stack: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const version = commandVersion();
  if (pluginPlaces(pulumiHome(environment), environment.PATH ?? "", version).some(isProgram)) return;
  say(`downloading Pulumi's command plugin ${version}, as stack ${stack} runs devstack`);
  const result = await execa("pulumi", ["plugin", "install", "resource", "command", version], {
    env: environment,
    extendEnv: false,
    stdin: "ignore",
    all: true,
    reject: false,
    timeout: DOWNLOAD_TIMEOUT_MS,
  });
  if (result.exitCode !== 0)
    throw new UserError(pluginMissing(stack, version, result.all || result.shortMessage || ""));
}

/** What to say of a plugin that is not there. */
export function pluginMissing(stack: string, version: string, reason: string): string {
  const tail = reason.trim().split("\n").slice(-TAIL_LINES);
  return [
    `stack ${stack} runs devstack (devstack.run.stack: true), for which Pulumi needs its command plugin ${version}:`,
    "expected it in Pulumi's folder of plugins, on PATH, or to be downloaded; given none, and the download failed:",
    ...tail.map((line) => `  ${line}`),
    "Either bring it from a machine that can download it (file pulumi-resource-command-v" +
      `${version}-linux-<amd64|arm64>.tar.gz):`,
    `  pulumi plugin install resource command ${version} --file <that file>`,
    "or write `stack: false` under devstack.run, and run stack.sh on the nodes yourself.",
  ].join("\n");
}
