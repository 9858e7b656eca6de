/** Locks that interrupted runs of Pulumi left in a local file backend. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startedAtMs } from "../../providers/processes.ts";
import { UserError } from "../support/user-error.ts";
import { shortName } from "./files.ts";

/** What Pulumi records in a lock. */
export interface StackLock {
  readonly pid: number;
  readonly username: string;
  readonly hostname: string;
  /** RFC 3339 time at which the lock was taken. */
  readonly timestamp: string;
}

/** What to do about a stack's locks: nothing, break them, or stop because one is alive. */
export type LockDecision =
  | { readonly kind: "free" }
  | { readonly kind: "break"; readonly dead: readonly StackLock[] }
  | { readonly kind: "wait"; readonly alive: readonly StackLock[] };

/** Folder of a local file backend, or null for any other backend. */
export function backendFolder(url: string | undefined): string | null {
  if (url === undefined || !url.startsWith("file://")) return null;
  const path = url.slice("file://".length).replace(/\?.*$/, "");
  if (path === "~" || path.startsWith("~/")) return join(process.env.HOME ?? "/", path.slice(1));
  return path.includes("%") && !existsSync(path) ? fileURLToPath(`file://${path}`) : path;
}

/** Reads all locks of a stack; none where the folder is missing. */
export function readLocks(backend: string, project: string, stack: string): readonly StackLock[] {
  const folder = join(backend, ".pulumi", "locks", "organization", project, shortName(stack));
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as StackLock);
}

/** Decides about locks. Broken is only a lock of this host whose process is gone; another host's always counts as alive. */
export function decideLocks(
  locks: readonly StackLock[],
  here: string,
  isAlive: (lock: StackLock) => boolean,
): LockDecision {
  if (locks.length === 0) return { kind: "free" };
  const alive = locks.filter((lock) => lock.hostname !== here || isAlive(lock));
  return alive.length > 0 ? { kind: "wait", alive } : { kind: "break", dead: locks };
}

/** Whether the process that took a lock still runs; one that was started after the lock was taken is another. */
function ownerIsAlive(lock: StackLock): boolean {
  const startedMs = startedAtMs(lock.pid);
  return startedMs !== null && startedMs <= Date.parse(lock.timestamp) + CLOCK_TOLERANCE_MS;
}

/** Milliseconds by which the wall clock may have been set between a process's start and its lock. */
const CLOCK_TOLERANCE_MS = 60_000;

/** Decides about the locks a stack has now. */
export function inspectLocks(backendUrl: string | undefined, project: string, stack: string): LockDecision {
  const folder = backendFolder(backendUrl);
  if (folder === null) return { kind: "free" };
  return decideLocks(readLocks(folder, project, stack), hostname(), ownerIsAlive);
}

/** The error for a stack that somebody is working on. */
export function lockedError(stack: string, alive: readonly StackLock[]): UserError {
  const owners = alive.map(
    (lock) => `  process ${lock.pid} of ${lock.username} on host ${lock.hostname}, since ${lock.timestamp}`,
  );
  return new UserError(
    [
      `stack ${stack} is locked by a run of Pulumi that may be alive:`,
      ...owners,
      "Wait for it. When you know that it is gone (another host's cannot be checked from here), unlock the stack with:",
      `  eval "$(npm run -s env)" && pulumi cancel --yes --stack ${stack}`,
    ].join("\n"),
  );
}
