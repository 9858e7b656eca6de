/**
 * A lock file between processes of one or several machines. Plain JavaScript, because the bootstrap needs it
 * before anything is installed; `lock.d.mts` gives its types to the rest.
 *
 * The file names its owner: host, process id, and the kernel's start time of that process, so that a process id
 * that was given out again is not taken for the owner. A lock is broken only when its owner is known to be dead:
 * one of another host never is.
 */
import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds between two looks at a lock that somebody else holds. */
const POLL_MS = 100;

/** A lock that could not be had, for a reason the user can do something about. */
export class LockError extends Error {}

/** Start time of a process in clock ticks since boot (field 22 of /proc/<pid>/stat), or null when there is none. */
export function processStart(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command in parentheses may hold spaces and parentheses itself: fields count from behind the last one.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const dead = fields[0] === "Z" || fields[0] === "X";
    return dead ? null : fields[19];
  } catch {
    return null;
  }
}

/** Decides from what a lock recorded whether its owner lives: `alive`, `dead`, or `unknown` (another host). */
export function judgeOwner(record, here, startOf) {
  if (record.host !== here) return "unknown";
  const start = startOf(record.pid);
  if (start === null) return "dead";
  return record.start === null || record.start === start ? "alive" : "dead";
}

/**
 * Runs `work` while holding the lock at `path`. Waits while another process holds it, saying so once through
 * `options.report`; gives up after `options.timeoutMs` with an error that names the owner and the file.
 */
export async function withLock(path, options, work) {
  await acquire(path, options);
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

async function acquire(path, options) {
  const { purpose, timeoutMs, report } = options;
  const deadline = Date.now() + timeoutMs;
  let said = false;
  mkdirSync(dirname(path), { recursive: true });
  while (!tryTake(path)) {
    const owner = readOwner(path);
    if (owner === null) continue;
    if (judgeOwner(owner, hostname(), processStart) === "dead") {
      await breakDead(path, owner, options);
      continue;
    }
    const who = `process ${owner.pid} on host ${owner.host}`;
    if (!said) report(`waiting for ${who}, which is busy with ${purpose}`);
    said = true;
    if (Date.now() > deadline) {
      const minutes = Math.round(timeoutMs / 60_000);
      throw new LockError(
        `${who} has held ${path} for more than ${minutes} minutes. When that process is gone, remove the file and try again.`,
      );
    }
    await sleep(POLL_MS);
  }
}

/** Takes the lock if it is free. The file appears complete or not at all: a hard link to a finished one. */
function tryTake(path) {
  const draft = `${path}.${process.pid}-${randomBytes(4).toString("hex")}`;
  writeFileSync(draft, JSON.stringify({ pid: process.pid, host: hostname(), start: processStart(process.pid) }));
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function readOwner(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return null;
    throw new LockError(`${path} is not a lock file of this project; remove it and try again.`);
  }
}

/** Removes a dead owner's lock. Under a lock of its own, so that no second breaker removes the next owner's file. */
async function breakDead(path, owner, options) {
  await withLock(`${path}.breaking`, options, () => {
    const now = readOwner(path);
    if (now !== null && JSON.stringify(now) === JSON.stringify(owner)) rmSync(path, { force: true });
  });
}
