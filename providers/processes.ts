/** Processes of this machine, told apart for good by pid and start time. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

/** A process that cannot be mistaken for a later one of the same pid. */
export interface ProcessIdentity {
  pid: number;
  /** Start time in clock ticks since boot (proc(5), stat field 22). */
  start: string;
}

/** A process as /proc shows it. */
export interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  /** Command line, a word each. */
  readonly words: readonly string[];
  /** Working folder; empty where it cannot be read. */
  readonly folder: string;
}

/** Clock ticks per second in /proc: fixed for user space on Linux (USER_HZ). */
const TICKS_PER_SECOND = 100;

/** The identity of a running process; undefined when there is none of this pid, or only its remains. */
export function identify(pid: number): ProcessIdentity | undefined {
  const found = statOf(pid);
  return found === undefined || found.state === "Z" ? undefined : { pid, start: found.start };
}

/** The parent of a process; undefined when there is none of this pid. */
export function parentOf(pid: number): number | undefined {
  return statOf(pid)?.parent;
}

/** Start of a process in milliseconds since 1970, as exact as the wall clock was left alone since; null when there is none. */
export function startedAtMs(pid: number): number | null {
  const identity = identify(pid);
  if (identity === undefined) return null;
  const uptimeSeconds = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
  return Date.now() - uptimeSeconds * 1000 + (Number(identity.start) / TICKS_PER_SECOND) * 1000;
}

/** The pids of all processes of this machine. */
export function pids(): readonly number[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number);
}

/** Every process of this machine, but for those that ended while they were looked at. */
export function listProcesses(): readonly ProcessFacts[] {
  return pids().flatMap((pid) => {
    const parent = parentOf(pid);
    const words = read(`/proc/${pid}/cmdline`)?.split("\0").slice(0, -1);
    return parent === undefined || words === undefined ? [] : [{ pid, parent, words, folder: folderOf(pid) }];
  });
}

/** What is used of a process's status (proc(5), stat fields 3, 4 and 22). */
function statOf(pid: number): { state: string; parent: number; start: string } | undefined {
  const stat = read(`/proc/${pid}/stat`);
  // The program's name, in parentheses, may hold spaces: the fields are counted from behind it.
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ") ?? [];
  const [state, parent] = fields;
  const start = fields[19];
  return state === undefined || start === undefined ? undefined : { state, parent: Number(parent), start };
}

/** Whether this very process still runs. */
export function isAlive(process: ProcessIdentity): boolean {
  return identify(process.pid)?.start === process.start;
}

/** Every process of this machine that was started with this text in its environment. */
export function processesMarked(mark: string): ProcessIdentity[] {
  return pids()
    .filter((pid) => environmentOf(pid).includes(mark))
    .map(identify)
    .filter((process) => process !== undefined);
}

/** The environment a process was started with, `NAME=value` each; empty for another user's, and for one that is gone. */
export function environmentOf(pid: number): readonly string[] {
  return read(`/proc/${pid}/environ`)?.split("\0") ?? [];
}

/**
 * Ends processes and waits until they are gone.
 *
 * @throws Error naming the pids that are still there after `seconds`
 */
export async function end(processes: readonly ProcessIdentity[], seconds: number): Promise<void> {
  for (const one of processes) {
    if (isAlive(one)) process.kill(one.pid, "SIGKILL");
  }
  const deadline = Date.now() + seconds * 1000;
  while (processes.some(isAlive)) {
    if (Date.now() > deadline) {
      const left = processes.filter(isAlive).map(({ pid }) => pid);
      throw new Error(`still running ${seconds} s after SIGKILL: pid ${left.join(", ")}`);
    }
    await pause(10);
  }
}

function folderOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return "";
  }
}

/** A file of /proc; undefined where the process is gone, or is not ours to look at. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
