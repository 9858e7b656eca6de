/**
 * What a killed `pulumi` leaves running: its plugins are in process groups of their own. The language host never ends
 * by itself (seen with 3.68), nor does a dynamic provider (SDK 3.259), which may still be in its last call.
 */
import { rmSync } from "node:fs";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { identify, isAlive, listProcesses, type ProcessFacts, type ProcessIdentity } from "../processes.ts";

/** Milliseconds a provider gets to finish its call. One that is idle never ends by itself and looks the same. */
const GRACE_MS = 3_000;
/** Milliseconds between a polite and a forced end. */
const TERMINATE_MS = 2_000;
const POLL_MS = 100;

/**
 * Pulumi plugins that run in `folder` and whose engine is gone.
 *
 * @param self the process that asks: a plugin's own run is spared whatever its engine is called
 */
export function findOrphans(
  processes: readonly ProcessFacts[],
  folder: string,
  self = process.pid,
): readonly ProcessFacts[] {
  const byPid = new Map(processes.map((process) => [process.pid, process]));
  const ownEngine = lineOf(byPid.get(self), byPid).find((process) => !isPlugin(process));
  return processes.filter(
    (process) =>
      process.folder === folder &&
      isPlugin(process) &&
      !lineOf(process, byPid).some((one) => isEngine(one) || one === ownEngine),
  );
}

/** A process and those it descends from, the nearest first. */
function lineOf(process: ProcessFacts | undefined, byPid: ReadonlyMap<number, ProcessFacts>): readonly ProcessFacts[] {
  return process === undefined ? [] : [process, ...lineOf(byPid.get(process.parent), byPid)];
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

function isEngine({ words }: ProcessFacts): boolean {
  return basename(words[0] ?? "") === "pulumi";
}

/** Whether a folder has the name that the language host gives those of its pipes, a random number behind it (seen with 3.68). */
export function isNamedAsPipes(name: string): boolean {
  return /^pulumi-node-pipes\d+$/.test(name);
}

/** The folder of named pipes that the language host made for a program; nobody else removes it. Nothing for any other process. */
export function pipeFolderOf({ words }: ProcessFacts): string | undefined {
  const folder = words.includes("--sync") ? words[words.indexOf("--sync") + 1] : undefined;
  return folder !== undefined && isNamedAsPipes(basename(folder)) ? folder : undefined;
}

/** The folders of all these programs. */
export function pipeFolders(processes: readonly ProcessFacts[]): readonly string[] {
  return processes.flatMap((process) => pipeFolderOf(process) ?? []);
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
  await waitForEnd(identities(providers), GRACE_MS);
  const targets = identities(orphans);
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    for (const target of targets.filter(isAlive)) kill(target.pid, signal);
    await waitForEnd(targets, TERMINATE_MS);
  }
  for (const pipe of pipes) rmSync(pipe, { recursive: true, force: true });
  return orphans.length;
}

/** By them a pid that was given out again is left alone. */
function identities(processes: readonly ProcessFacts[]): readonly ProcessIdentity[] {
  return processes.flatMap(({ pid }) => identify(pid) ?? []);
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended meanwhile, which is what was wanted.
  }
}

async function waitForEnd(processes: readonly ProcessIdentity[], timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (processes.some(isAlive) && Date.now() < deadline) await sleep(POLL_MS);
}
