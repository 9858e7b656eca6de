/** The runs of devstack that a stack's state records, and their logs. */
import { join } from "node:path";
import { collectLogs, logsFolder } from "../../providers/devstack-run/logs.ts";
import type { DevstackRunOutputs } from "../../providers/devstack-run.ts";
import { messageOf } from "../../providers/remote/error.ts";
import { closeConnections } from "../../providers/remote/pool.ts";
import { workFolder } from "../support/project.ts";
import { shortName } from "./files.ts";
import { resourcesOfType } from "./state.ts";

/** Type of the resource that records where a node's runs live. */
const RUN_TYPE = "pulumi-nodejs:dynamic/devstack:Run";

/** The runs of devstack that a state (as Pulumi exports it, or null for none) records, one a node. */
export function recordedRuns(state: string | null): readonly DevstackRunOutputs[] {
  return resourcesOfType(state, RUN_TYPE).flatMap(({ outputs }) =>
    outputs === undefined ? [] : [outputs as DevstackRunOutputs],
  );
}

/**
 * Does work for every run at once; a node that fails keeps no other's from being done.
 *
 * @returns why it failed, a line each such node
 */
export async function forEachRun(
  runs: readonly DevstackRunOutputs[],
  work: (run: DevstackRunOutputs) => Promise<void>,
): Promise<readonly string[]> {
  const results = await Promise.allSettled(runs.map(work));
  closeConnections();
  return results.flatMap((result) => (result.status === "rejected" ? [messageOf(result.reason)] : []));
}

/** Collects the logs of runs into `.multinode/<stack>/logs`, saying the path of each file. */
export async function collectAll(
  stack: string,
  runs: readonly DevstackRunOutputs[],
  say: (file: string) => void,
): Promise<readonly string[]> {
  const folder = logsFolder(join(workFolder, shortName(stack)));
  return await forEachRun(runs, async (run) => {
    for (const file of await collectLogs(folder, run)) say(file);
  });
}
