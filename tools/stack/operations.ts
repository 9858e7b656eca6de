/** What every command that changes a stack does first, and what it does with the state afterwards. */
import { chmodSync, existsSync, lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { clearKilledRuns } from "../../providers/killed-runs/clear.ts";
import { ensureCommandPlugin } from "../pulumi/command-plugin.ts";
import { prepareEnvironment } from "../pulumi/environment.ts";
import { setUp } from "../setup.ts";
import { projectFolder, projectName } from "../support/project.ts";
import { UserError } from "../support/user-error.ts";
import { collectAll, recordedRuns } from "./devstack-runs.ts";
import { purposeOf, readConfiguration, runsDevstack, stackFile } from "./files.ts";
import { backendFolder, inspectLocks, lockedError } from "./locks.ts";
import { restoreLoginKey } from "./login-key.ts";
import { ask, askOrFail, type PulumiStack, perform } from "./pulumi.ts";
import { resourcesIn } from "./state.ts";

/** An operation that a run of Pulumi began and did not end, as the state records it. */
export interface PendingOperation {
  readonly type: string;
  readonly urn: string;
}

/** Says one line about a stack, on stderr. */
export function sayOf(stack: string, line: string): void {
  process.stderr.write(`${stack}: ${line}\n`);
}

/** Sets the machine up for a stack and gives the way to speak to Pulumi about it. */
export async function openStack(stack: string): Promise<PulumiStack> {
  // A stack whose file is on another machine can only be destroyed, for which Pulumi is enough.
  const pulumi = await setUp(existsSync(stackFile(stack)) ? purposeOf(readConfiguration(stack)) : "hosts");
  const { set, passphraseFile } = await prepareEnvironment(pulumi);
  return { stack, environment: { ...process.env, ...set }, ownPassphrase: passphraseFile !== null };
}

/**
 * A stack to change, and its state; null when there is none yet. What a killed run of Pulumi left is out of the way, and what
 * Pulumi needs beside itself is there.
 */
export async function takeUp(stack: string): Promise<{ target: PulumiStack; state: string | null }> {
  const target = await openStack(stack);
  await recoverFromKill(target);
  const state = await exportState(target);
  if (needsCommandPlugin(stack, state)) await ensureCommandPlugin(stack, target.environment);
  const written = await restoreLoginKey(target, state);
  if (written !== null) sayOf(stack, written);
  return { target, state };
}

/** Whether there are steps of devstack's runs to make or, of an earlier configuration, to delete. */
function needsCommandPlugin(stack: string, state: string | null): boolean {
  const isWanted = existsSync(stackFile(stack)) && runsDevstack(readConfiguration(stack));
  return isWanted || resourcesIn(state).some(({ type }) => type.startsWith("command:"));
}

/**
 * Runs what changes the stack; gives Pulumi's exit code. Where it fails it says how to go on, and collects the logs of devstack, as the
 * nodes may be gone when somebody wants to know why.
 */
export async function change(target: PulumiStack, verb: "up" | "destroy", flags: readonly string[]): Promise<number> {
  const code = await perform(target, [verb, "--yes", "--skip-preview", ...flags]);
  protectState(target);
  if (code !== 0) {
    const say = (line: string): void => sayOf(target.stack, line);
    say(`${verb} failed, its reasons are above; the same command goes on from there`);
    const failures = await collectAll(target.stack, recordedRuns(await exportState(target)), (file) =>
      say(`collected ${file}`),
    );
    for (const failure of failures) say(failure);
  }
  return code;
}

/** The stack's state as Pulumi exports it, or null when the backend has no such stack. */
export async function exportState(target: PulumiStack): Promise<string | null> {
  const answer = await ask(target, ["stack", "export"]);
  if (answer.ok) return answer.stdout;
  if (/no stack named/.test(answer.stderr)) return null;
  throw new UserError(`the state of stack ${target.stack} cannot be read:\n${answer.stderr.trim()}`);
}

/** Operations that the state says were interrupted. */
export function pendingOperations(state: string): readonly PendingOperation[] {
  const { deployment } = JSON.parse(state) as {
    deployment?: { pending_operations?: { type: string; resource: { urn: string } }[] };
  };
  return (deployment?.pending_operations ?? []).map(({ type, resource }) => ({ type, urn: resource.urn }));
}

/** Breaks the lock of a dead run, saying so; throws when the run may be alive. Ends what a killed run left running. */
async function recoverFromKill(target: PulumiStack): Promise<void> {
  const { stack } = target;
  const decision = inspectLocks(target.environment.PULUMI_BACKEND_URL, projectName(), stack);
  if (decision.kind === "wait") throw lockedError(stack, decision.alive);
  for (const line of await clearKilledRuns(projectFolder)) sayOf(stack, line);
  if (decision.kind === "break") {
    const owners = decision.dead.map((lock) => `process ${lock.pid}, since ${lock.timestamp}`).join("; ");
    await askOrFail(target, ["cancel", "--yes"]);
    sayOf(stack, `broke the lock of a run that is dead (${owners})`);
  }
}

/** Clears operations that an interrupted run left in the state, saying so; gives Pulumi's exit code. */
export async function clearPending(target: PulumiStack, state: string): Promise<number> {
  const pending = pendingOperations(state);
  if (pending.length === 0) return 0;
  const list = pending.map(({ type, urn }) => `${type} ${urn.slice(urn.lastIndexOf("::") + 2)}`).join(", ");
  sayOf(
    target.stack,
    `an interrupted run left operations unfinished (${list}): comparing the state with the nodes first`,
  );
  return await perform(target, ["refresh", "--yes", "--clear-pending-creates", "--skip-preview"]);
}

/** Takes the state's files from other users of the machine, where the state is a local folder. */
function protectState(target: PulumiStack): void {
  const folder = backendFolder(target.environment.PULUMI_BACKEND_URL);
  if (folder === null || !folder.startsWith(projectFolder)) return;
  const visit = (path: string): void => {
    const file = lstatSync(path);
    if (file.isDirectory()) {
      chmodSync(path, 0o700);
      for (const name of readdirSync(path)) visit(join(path, name));
    } else if (file.isFile()) chmodSync(path, 0o600);
  };
  visit(folder);
}
