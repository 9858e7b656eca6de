/** Processes of this machine, told apart for good by pid and start time. */
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

/** A process that cannot be mistaken for a later one of the same pid. */
export interface ProcessIdentity {
  pid: number;
  /** Start time in clock ticks since boot (proc(5), stat field 22). */
  start: string;
}

/** The identity of a running process; undefined when there is none of this pid, or only its remains. */
export function identify(pid: number): ProcessIdentity | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The program's name, in parentheses, may hold spaces: the fields are counted from behind it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const start = fields[19];
    return fields[0] === "Z" || start === undefined ? undefined : { pid, start };
  } catch {
    return undefined;
  }
}

/** Whether this very process still runs. */
export function isAlive(process: ProcessIdentity): boolean {
  return identify(process.pid)?.start === process.start;
}

/** Every process of this machine that was started with this text in its environment. */
export function processesMarked(mark: string): ProcessIdentity[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .filter((entry) => environmentOf(entry).includes(mark))
    .map((entry) => identify(Number(entry)))
    .filter((process) => process !== undefined);
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

function environmentOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  } catch {
    return [];
  }
}
