/** When processes of this machine were started. */
import { readFileSync } from "node:fs";
import { processStart } from "./lock.mjs";

/** Clock ticks per second in /proc: fixed for user space on Linux (USER_HZ). */
const TICKS_PER_SECOND = 100;

/** Start of a process in milliseconds since 1970, as exact as the wall clock was left alone since; null when there is none. */
export function startedAtMs(pid: number): number | null {
  const start = processStart(pid);
  if (start === null) return null;
  const uptimeSeconds = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
  return Date.now() - uptimeSeconds * 1000 + (Number(start) / TICKS_PER_SECOND) * 1000;
}
