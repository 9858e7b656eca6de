/**
 * Locks between processes of this machine. A provider whose engine was killed lives on until its call is over, while
 * the next run starts: what both may touch is done under a lock, and one whose holder died is taken over.
 */
import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { identify, isAlive, type ProcessIdentity } from "../processes.ts";

/** Seconds to wait for another process's step to end; longer than any step takes. */
const waitSeconds = 60;

/** Milliseconds between two looks at a lock. */
const lookInterval = 20;

/** Does the work while no other process does work under the same path. */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  await take(path);
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** Waits until no living process holds a lock in this folder. */
export async function waitForLocks(folder: string): Promise<void> {
  for (const name of lockNames(folder)) {
    await waitUntil(`lock ${join(folder, name)} to be released`, () => holder(join(folder, name)) === undefined);
  }
}

/** Removes the locks in this folder whose holders are dead, and what processes that are dead wrote on the way to one. */
export function clearDeadLocks(folder: string): void {
  for (const name of lockNames(folder)) {
    const path = join(folder, name);
    const claimant = claimantOf(name);
    if (claimant !== undefined && identify(claimant) === undefined) rmSync(path, { force: true });
    if (name.endsWith(".lock") && holder(path) === undefined) clearDead(path);
  }
}

/** The pid in the name of a claim, or of a lock that is being put aside; a process may not have written its own into it yet. */
function claimantOf(name: string): number | undefined {
  const [, pid] = /\.lock\.(\d+)\.\w+$/.exec(name) ?? [];
  return pid === undefined ? undefined : Number(pid);
}

async function take(path: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  await waitUntil(`lock ${path} to be released`, () => tryTake(path));
}

/** A hard link appears whole or not at all, so a lock never exists without its holder's name in it. */
function tryTake(path: string): boolean {
  const claim = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  writeFileSync(claim, JSON.stringify(identify(process.pid)));
  try {
    linkSync(claim, path);
    return true;
  } catch {
    if (holder(path) === undefined) clearDead(path);
    return false;
  } finally {
    unlinkSync(claim);
  }
}

/** Takes a dead holder's lock away; one that a living process took in the meantime is put back. */
function clearDead(path: string): void {
  const aside = `${path}.${process.pid}.dead`;
  try {
    renameSync(path, aside);
    if (holder(aside) !== undefined) linkSync(aside, path);
    unlinkSync(aside);
  } catch {
    // Another process cleared it first: the next look finds out.
  }
}

/** The living process that holds the lock. */
function holder(path: string): ProcessIdentity | undefined {
  try {
    const found: Partial<ProcessIdentity> = JSON.parse(readFileSync(path, "utf8"));
    const { pid, start } = found;
    return pid !== undefined && start !== undefined && isAlive({ pid, start }) ? { pid, start } : undefined;
  } catch {
    return undefined;
  }
}

function lockNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

async function waitUntil(what: string, done: () => boolean): Promise<void> {
  const deadline = Date.now() + waitSeconds * 1000;
  while (!done()) {
    if (Date.now() > deadline) throw new Error(`waited ${waitSeconds} s for ${what}`);
    await pause(lookInterval);
  }
}
