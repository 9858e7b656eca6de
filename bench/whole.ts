/** Measures what users run: `npm start` and `npm run destroy`, on a copy of the project; and the plan of a large environment. */
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildPlan } from "../model/plan.ts";
import { projectFolder, projectName } from "../tools/support/project.ts";
import { PLANNED_NODES } from "./bounds.ts";
import type { Workshop } from "./project.ts";
import { benchConfiguration, benchSettings, freeUnderlay, underlayFacts, wantedUnderlay } from "./site.ts";
import { seconds, timed } from "./timed.ts";

/** Parts of the project's folder that a copy does without: what is generated, and what is linked instead. */
const leftOut = [".git", ".multinode", "node_modules"];

const stackName = "bench";

/** Seconds of `npm start` of three lab nodes and of `npm run destroy`, a value each run. */
export async function measureCommands(
  workshop: Workshop,
  runs: number,
  say: (line: string) => void,
): Promise<{ readonly start: readonly number[]; readonly destroy: readonly number[] }> {
  const project = await copyProject(workshop.folder);
  const place = { cwd: project, environment: workshop.environment, signal: workshop.signal };
  const npm = (...args: readonly string[]): Promise<number> => timed("npm", args, place);
  // Whatever was asked to end before: this removes the nodes.
  const purge = (): Promise<number> =>
    timed("npm", ["run", "destroy", "--", stackName, "--purge"], { ...place, signal: new AbortController().signal });
  const start: number[] = [];
  const destroy: number[] = [];
  try {
    for (let run = 1; run <= runs; run++) {
      say(`npm start and npm run destroy: round ${run} of ${runs}`);
      start.push(await npm("start", "--", stackName));
      destroy.push(await npm("run", "destroy", "--", stackName));
      await purge();
    }
  } finally {
    if (destroy.length < runs) await purge();
  }
  return { start, destroy };
}

/** Seconds of the pure plan of a large environment, a value each run. */
export async function measurePlan(runs: number): Promise<readonly number[]> {
  const ranges = { publicRange: "172.24.0.0/21", floatingRange: "172.24.4.0/22" };
  const configuration = { ...benchConfiguration(PLANNED_NODES, wantedUnderlay), overlay: ranges };
  const values: number[] = [];
  for (let run = 0; run < runs; run++) {
    values.push(await seconds(() => buildPlan(benchSettings(stackName, configuration), underlayFacts)));
  }
  return values;
}

/** A copy with a stack of three lab nodes, as the stack of a fresh clone has. */
async function copyProject(folder: string): Promise<string> {
  const project = join(folder, "project");
  mkdirSync(project);
  for (const name of readdirSync(projectFolder).filter((entry) => !leftOut.includes(entry))) {
    cpSync(join(projectFolder, name), join(project, name), { recursive: true });
  }
  symlinkSync(join(projectFolder, "node_modules"), join(project, "node_modules"));
  const config = {
    [`${projectName()}:flavor`]: "neutron-dvr",
    [`${projectName()}:nodes`]: { lab: { underlay: await freeUnderlay() } },
  };
  writeFileSync(join(project, `Pulumi.${stackName}.yaml`), JSON.stringify({ config }));
  return project;
}
