/** Kills a run of Pulumi in the middle of its work. */
import { setTimeout as pause } from "node:timers/promises";
import { execa } from "execa";
import { parentOf, pids } from "../../providers/processes.ts";
import type { TestStack } from "./stack.ts";

/**
 * Who is killed: the program and everything it started, by descent; or the program alone, so that its plugins are left
 * behind in the middle of their calls.
 */
export type Victims = "tree" | "engine";

/**
 * Starts `pulumi` and kills it.
 *
 * @param afterMs when, in milliseconds after the start
 * @returns whether it was killed; false when it had ended by itself before
 */
export async function killDuring(
  stack: TestStack,
  args: readonly string[],
  afterMs: number,
  victims: Victims,
): Promise<boolean> {
  const { folder, environment } = stack.project;
  const run = execa("pulumi", [...args, "--stack", stack.name], {
    cwd: folder,
    env: environment,
    extendEnv: false,
    stdio: "ignore",
    reject: false,
  });
  // The moment itself is what is tested: nothing to poll for.
  await Promise.race([pause(afterMs), run]);
  if (run.pid === undefined || run.exitCode !== null) {
    await run;
    return false;
  }
  const pids = victims === "tree" ? descendants(run.pid) : [run.pid];
  for (const pid of pids) kill(pid);
  return (await run).signal === "SIGKILL";
}

/** A process and all that descend from it, parents first. */
function descendants(root: number): readonly number[] {
  const parents = new Map(pids().map((pid) => [pid, parentOf(pid)] as const));
  const found = [root];
  for (const parent of found) {
    for (const [pid, itsParent] of parents) if (itsParent === parent) found.push(pid);
  }
  return found;
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended meanwhile.
  }
}
