/**
 * Folders of named pipes between Pulumi's language host and a program. The host makes one a run among the temporary files and
 * removes it in the end; one that is killed leaves it, and nothing in it says whose it was.
 */
import { lstatSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { environmentOf, listProcesses, type ProcessFacts, startedAtMs } from "../processes.ts";
import { isNamedAsPipes, pipeFolderOf } from "./orphans.ts";

/** Milliseconds by which the clocks that date files and processes may differ. */
const CLOCK_TOLERANCE_MS = 1_000;

/**
 * Removes those in the folder for temporary files whose owner is known to be dead: no program that lives was given the
 * folder, and no language host that lives is as old as it, keeps its temporary files there and has no program with pipes
 * of its own. Gives how many there were.
 */
export function removeDeadPipeFolders(temporary = tmpdir()): number {
  const dated = readdirSync(temporary)
    .filter(isNamedAsPipes)
    .flatMap((name) => datedOwnFolder(join(temporary, name)));
  if (dated.length === 0) return 0;
  const processes = listProcesses();
  const programs = processes.filter((process) => pipeFolderOf(process) !== undefined);
  const used = new Set(programs.map(pipeFolderOf));
  const served = new Set(programs.map(({ parent }) => parent));
  const hosts = processes.filter(
    (process) => isLanguageHost(process) && !served.has(process.pid) && temporaryFolderOf(process.pid) === temporary,
  );
  const starts = hosts.flatMap(({ pid }) => startedAtMs(pid) ?? []);
  const dead = dated.filter(
    ({ path, changedMs }) => !used.has(path) && starts.every((start) => start > changedMs + CLOCK_TOLERANCE_MS),
  );
  for (const { path } of dead) rmSync(path, { recursive: true, force: true });
  return dead.length;
}

/** A folder of this user's with nothing but named pipes in it, and when that last changed. */
function datedOwnFolder(path: string): readonly { readonly path: string; readonly changedMs: number }[] {
  try {
    const { uid, ctimeMs } = lstatSync(path);
    const whole = readdirSync(path, { withFileTypes: true }).every((entry) => entry.isFIFO());
    return whole && uid === process.getuid?.() ? [{ path, changedMs: ctimeMs }] : [];
  } catch {
    // Its owner removed it meanwhile, or it is not a folder.
    return [];
  }
}

function isLanguageHost({ words }: ProcessFacts): boolean {
  return words.some((word) => basename(word) === "pulumi-language-nodejs");
}

/** Where a process keeps its temporary files, as Go and Node.js choose it; another user's cannot own a folder of this user's. */
function temporaryFolderOf(pid: number): string {
  const environment = environmentOf(pid);
  if (environment.length === 0) return "";
  return environment.find((entry) => entry.startsWith("TMPDIR="))?.slice("TMPDIR=".length) || "/tmp";
}
