/** What a lock file records of its owner. */
export interface LockOwner {
  readonly pid: number;
  readonly host: string;
  /** Start time of the process in clock ticks since boot; null where the kernel does not tell. */
  readonly start: string | null;
}

/** How to wait for a lock. */
export interface LockOptions {
  /** What the owner is busy with, for the message, e.g. `set-up`. */
  readonly purpose: string;
  readonly timeoutMs: number;
  /** Receives the one line that says whom we wait for. */
  readonly report: (line: string) => void;
}

/** Start time of a process in clock ticks since boot, or null when there is no such process. */
export function processStart(pid: number): string | null;

/** Whether a lock's owner lives; `unknown` on another host. `here` is this host's name. */
export function judgeOwner(
  record: LockOwner,
  here: string,
  startOf: (pid: number) => string | null,
): "alive" | "dead" | "unknown";

/** Runs `work` while holding the lock file at `path`; throws when it is not free in time. */
export function withLock<Result>(
  path: string,
  options: LockOptions,
  work: () => Result | Promise<Result>,
): Promise<Result>;

/** A lock that could not be had, for a reason the user can do something about. */
export class LockError extends Error {}
