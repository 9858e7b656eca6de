/**
 * What a killed `pulumi` leaves running: its plugins are in process groups of their own. The language host never ends
 * by itself (seen with 3.68), nor does a dynamic provider (SDK 3.259), which may still be in its last call.
 */
import { readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { processStart } from "../support/lock.mjs";

/** A process as /proc shows it. */
export interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  /** Command line, a word each. */
  readonly words: readonly string[];
  /** Working folder; empty where it cannot be read. */
  readonly folder: string;
}

/** Milliseconds a provider gets to finish its call. One that is idle never ends by itself and looks the same. */
const GRACE_MS = 3_000;
/** Milliseconds between a polite and a forced end. */
const TERMINATE_MS = 2_000;
const POLL_MS = 100;

/** Pulumi plugins that run in `folder` and whose engine is gone. */
export function findOrphans(processes: readonly ProcessFacts[], folder: string): readonly ProcessFacts[] {
  const byPid = new Map(processes.map((process) => [process.pid, process]));
  return processes.filter((process) => process.folder === folder && isPlugin(process) && !hasEngine(process, byPid));
}

function isPlugin({ words }: ProcessFacts): boolean {
  return words.some((word) => {
    const name = basename(word);
    return (
      name === "pulumi-language-nodejs" ||
      name === "pulumi-resource-pulumi-nodejs" ||
      /@pulumi\/pulumi\/cmd\/(run|run-plugin|dynamic-provider)(\/|$)/.test(word)
    );
  });
}

/** Whether a living `pulumi` is among the process's ancestors. */
function hasEngine(process: ProcessFacts, byPid: ReadonlyMap<number, ProcessFacts>): boolean {
  for (let parent = byPid.get(process.parent); parent !== undefined; parent = byPid.get(parent.parent)) {
    if (basename(parent.words[0] ?? "") === "pulumi") return true;
  }
  return false;
}

/** Folders of named pipes that the language host made for a program; nobody else removes them. */
export function pipeFolders(processes: readonly ProcessFacts[]): readonly string[] {
  return processes.flatMap(({ words }) => {
    const folder = words[words.indexOf("--sync") + 1];
    return words.includes("--sync") && folder !== undefined && /^pulumi-node-pipes\d+$/.test(basename(folder))
      ? [folder]
      : [];
  });
}

/**
 * Waits until the providers an interrupted run left in `folder` have finished their calls, then ends what remains.
 * Gives the number of processes there were.
 */
export async function endOrphans(folder: string): Promise<number> {
  const orphans = findOrphans(listProcesses(), folder);
  if (orphans.length === 0) return 0;
  const pipes = pipeFolders(orphans);
  const providers = orphans.filter(({ words }) => words.some((word) => /dynamic-provider|pulumi-resource-/.test(word)));
  await waitForEnd(providers, GRACE_MS);
  const targets = orphans.map((orphan) => ({ ...orphan, start: processStart(orphan.pid) }));
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    for (const { pid, start } of targets) {
      // The start time is compared, so that a process id given out again is left alone.
      if (start !== null && processStart(pid) === start) kill(pid, signal);
    }
    await waitForEnd(orphans, TERMINATE_MS);
  }
  for (const pipe of pipes) rmSync(pipe, { recursive: true, force: true });
  return orphans.length;
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended meanwhile, which is what was wanted.
  }
}

async function waitForEnd(processes: readonly ProcessFacts[], timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (processes.some(({ pid }) => processStart(pid) !== null) && Date.now() < deadline) await sleep(POLL_MS);
}

/** Every process of this machine. */
export function listProcesses(): readonly ProcessFacts[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
        const words = readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0").slice(0, -1);
        return [{ pid: Number(name), parent, words, folder: readLink(`/proc/${name}/cwd`) }];
      } catch {
        // The process ended while it was looked at.
        return [];
      }
    });
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
