/** The logs of a node's runs of devstack, brought to this machine with the secrets taken out. */
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { StepError } from "../remote/error.ts";
import { runStep, type ScriptContext } from "./script.ts";

/** The line before each log that a node sends; the log's name follows. */
const HEAD = "--devstack-multinode log--";

/** Seconds a node may take to send its logs: a whole stack.sh writes some tens of megabytes. */
const COLLECT_SECONDS = 300;

/** Seconds that a log is followed at most: as long as a step may take. */
const FOLLOW_SECONDS = 86_400;

/** Folder of the collected logs of an environment, a folder a node in it. @param folder the environment's on this machine */
export function logsFolder(folder: string): string {
  return join(folder, "logs");
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

/**
 * Fetches every log of a node into a folder of its name in `folder`, and gives the files' paths.
 *
 * @throws StepError when the node cannot be reached or does not answer in time
 */
export async function collectLogs(folder: string, run: ScriptContext): Promise<readonly string[]> {
  const { status, stdout, stderr } = await runStep(run, "logs", [], { seconds: COLLECT_SECONDS });
  if (status !== 0) throw new StepError(run.node.name, "collect devstack's logs", `exit status ${status}`, stderr);
  const ofNode = join(folder, run.node.name);
  mkdirSync(ofNode, { recursive: true, mode: 0o700 });
  return [...splitLogs(stdout)].map(([name, text]) => {
    const path = join(ofNode, basename(name));
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  });
}

/** Hands on what stack.sh writes on a node, a line at a time, until the connection ends. */
export async function followLog(run: ScriptContext, hear: (line: string) => void): Promise<void> {
  let rest = "";
  const heard = (text: string): void => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) hear(line);
  };
  await runStep(run, "follow", [], { seconds: FOLLOW_SECONDS, heard });
}
