/** A Pulumi project of the benchmark in a temporary folder, with a program of `programs/`, and its timed commands. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Environment, fileBackend } from "../tools/pulumi/environment.ts";
import { timed } from "./timed.ts";

/** Name of every project of the benchmark, which is also the namespace of its configuration. */
const projectName = "devstack-multinode-bench";

/** Name of the one stack of each. */
const stackName = "bench";

/** How the types of dynamic resources begin. */
const dynamicType = "pulumi-nodejs:dynamic";

/** Without a question and without the preview before it. */
export const yes = ["--yes", "--skip-preview"] as const;

/** A command that finds something to change in what was just made has measured the wrong thing: it fails. */
export const unchanged = "--expect-no-changes";

/** Where and how Pulumi runs in the benchmark. */
export interface Workshop {
  /** Temporary folder for projects and states. */
  readonly folder: string;
  /** Environment of `pulumi`; its backend is inside the folder. */
  readonly environment: Environment;
  /** Asks everything under way to end. */
  readonly signal: AbortSignal;
}

/** A program with its stack. */
export interface BenchProject {
  /** Runs a command of Pulumi's and gives its seconds. */
  readonly time: (...args: readonly string[]) => Promise<number>;
  /** How many dynamic resources the state holds, and its bytes as Pulumi stores it. */
  readonly state: () => { readonly dynamic: number; readonly bytes: number };
}

/**
 * Makes the project and its stack.
 *
 * @param program file in `programs/`, without its ending
 * @param name folder of the project, one for each
 * @param configuration values by key, without namespace
 */
export async function makeProject(
  workshop: Workshop,
  program: "empty" | "noop" | "overlays" | "stack",
  name: string,
  configuration: Readonly<Record<string, unknown>>,
): Promise<BenchProject> {
  const folder = join(workshop.folder, name);
  const backend = join(folder, "state");
  mkdirSync(backend, { recursive: true });
  const main = join(import.meta.dirname, "programs", `${program}.ts`);
  // JSON is YAML.
  writeFileSync(join(folder, "Pulumi.yaml"), JSON.stringify({ name: projectName, runtime: "nodejs", main }));
  const config = Object.fromEntries(
    Object.entries(configuration).map(([key, value]) => [`${projectName}:${key}`, value]),
  );
  writeFileSync(join(folder, `Pulumi.${stackName}.yaml`), JSON.stringify({ config }));
  const environment = { ...workshop.environment, PULUMI_BACKEND_URL: fileBackend(backend) };
  const place = { cwd: folder, environment, signal: workshop.signal };
  const time = (...args: readonly string[]): Promise<number> =>
    timed("pulumi", [...args, "--stack", stackName, "--non-interactive"], place);
  await time("stack", "init", "--no-select");
  const state = () => {
    const text = readFileSync(join(backend, ".pulumi", "stacks", projectName, `${stackName}.json`), "utf8");
    const { checkpoint } = JSON.parse(text) as { checkpoint: { latest: { resources?: { type: string }[] } } };
    const dynamic = (checkpoint.latest.resources ?? []).filter(({ type }) => type.startsWith(dynamicType));
    return { dynamic: dynamic.length, bytes: Buffer.byteLength(text) };
  };
  return { time, state };
}
