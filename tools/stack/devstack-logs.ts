/** The logs of devstack's runs: found by what the state records, fetched with the secrets taken out. */
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { runStep } from "../../providers/devstack-run/script.ts";
import type { DevstackRunOutputs } from "../../providers/devstack-run.ts";
import { StepError } from "../../providers/remote/error.ts";
import { workFolder } from "../support/project.ts";
import { messageOf } from "../support/run-tool.ts";

/** Type of the resource that records where a node's runs live. */
const RUN_TYPE = "pulumi-nodejs:dynamic/devstack:Run";

/** The line before each log that a node sends; the log's name follows. */
const HEAD = "--devstack-multinode log--";

/** Seconds a node may take to send its logs: a whole stack.sh writes some tens of megabytes. */
const COLLECT_SECONDS = 300;

/** Seconds that a log is followed at most: as long as a step may take. */
const FOLLOW_SECONDS = 86_400;

/** What came of a collection. */
export interface Collection {
  /** Paths of the files, by node. */
  readonly files: readonly string[];
  /** Why logs of a node are missing, a line each node. */
  readonly failures: readonly string[];
}

/** The runs of devstack that a state (as Pulumi exports it, or null for none) records, one a node. */
export function recordedRuns(state: string | null): readonly DevstackRunOutputs[] {
  const { deployment } = JSON.parse(state ?? "{}") as {
    deployment?: { resources?: { type: string; delete?: boolean; outputs?: DevstackRunOutputs }[] };
  };
  return (deployment?.resources ?? []).flatMap(({ type, delete: old, outputs }) =>
    type === RUN_TYPE && old !== true && outputs !== undefined ? [outputs] : [],
  );
}

/** The logs in what a node sent, by name. */
export function splitLogs(sent: string): ReadonlyMap<string, string> {
  const logs = sent.split(new RegExp(`^${HEAD}`, "m")).slice(1);
  return new Map(
    logs.map((log) => {
      const end = log.indexOf("\n");
      return [log.slice(0, end), log.slice(end + 1)];
    }),
  );
}

/** Fetches every log of every node into `.multinode/<stack>/logs`, a folder a node; a node that fails keeps no other's. */
export async function collectLogs(stack: string, runs: readonly DevstackRunOutputs[]): Promise<Collection> {
  const fetched = await Promise.all(
    runs.map(async (run) => {
      try {
        return { files: await collect(join(workFolder, stack, "logs", run.node.name), run) };
      } catch (error) {
        return { failure: messageOf(error) };
      }
    }),
  );
  return {
    files: fetched.flatMap(({ files = [] }) => files),
    failures: fetched.flatMap(({ failure = [] }) => failure),
  };
}

async function collect(folder: string, run: DevstackRunOutputs): Promise<readonly string[]> {
  const { status, stdout, stderr } = await runStep(run, "logs", [], { seconds: COLLECT_SECONDS });
  if (status !== 0) throw new StepError(run.node.name, "collect devstack's logs", `exit status ${status}`, stderr);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return [...splitLogs(stdout)].map(([name, text]) => {
    const path = join(folder, basename(name));
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  });
}

/** Hands on what stack.sh writes on every node, a line at a time, until all of them end or the process does. */
export async function followLogs(
  runs: readonly DevstackRunOutputs[],
  hear: (node: string, line: string) => void,
): Promise<void> {
  await Promise.all(
    runs.map(async (run) => {
      let rest = "";
      const heard = (text: string): void => {
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) hear(run.node.name, line);
      };
      await runStep(run, "follow", [], { seconds: FOLLOW_SECONDS, heard });
    }),
  );
}
