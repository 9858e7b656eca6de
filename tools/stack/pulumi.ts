/** Runs `pulumi` for one stack of this project. */
import type { ChildProcess } from "node:child_process";
import { execa } from "execa";
import { projectFolder } from "../support/project.ts";
import { UserError } from "../support/user-error.ts";
import { stackFile } from "./files.ts";
import { keepingTheRest } from "./salt.ts";

/** Milliseconds for a question to Pulumi that touches no node. */
const QUESTION_TIMEOUT_MS = 120_000;

/** How tools speak to Pulumi about one stack. */
export interface PulumiStack {
  readonly stack: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Whether the passphrase is the one this project made, not one of the user. */
  readonly ownPassphrase: boolean;
}

/** What a question gave: exit code 0 or not, and both outputs. */
export interface Answer {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command about the stack with the terminal passed through; gives its exit code. */
export async function perform(target: PulumiStack, args: readonly string[]): Promise<number> {
  return await keepingTheRest(stackFile(target.stack), async () => {
    const child = execa("pulumi", withStack(target, args), {
      ...surroundings(target),
      stdio: "inherit",
      reject: false,
    });
    const result = await forwardingSignals(child, () => child);
    if (result.exitCode !== undefined) return result.exitCode;
    throw new UserError(`pulumi ${args[0]} did not end by itself: ${result.shortMessage}`);
  });
}

/** Asks Pulumi something about the stack. */
export async function ask(target: PulumiStack, args: readonly string[]): Promise<Answer> {
  return await keepingTheRest(stackFile(target.stack), async () => {
    const result = await execa("pulumi", withStack(target, args), {
      ...surroundings(target),
      stdin: "ignore",
      reject: false,
      timeout: QUESTION_TIMEOUT_MS,
    });
    return { ok: result.exitCode === 0, stdout: result.stdout, stderr: result.stderr || (result.shortMessage ?? "") };
  });
}

/** Asks Pulumi something that has to work. */
export async function askOrFail(target: PulumiStack, args: readonly string[]): Promise<string> {
  const answer = await ask(target, args);
  if (answer.ok) return answer.stdout;
  throw new UserError(`pulumi ${args.join(" ")} failed for stack ${target.stack}:\n${answer.stderr.trim()}`);
}

function surroundings(target: PulumiStack) {
  return { cwd: projectFolder, env: target.environment, extendEnv: false } as const;
}

function withStack(target: PulumiStack, args: readonly string[]): string[] {
  return [...args, "--stack", target.stack];
}

/**
 * Passes the signals that ask for an end on to Pulumi, which then finishes what it has begun and lets go of its lock,
 * and stays to see it end. A terminal sends Ctrl-C to Pulumi itself; a second one would make it give up at once.
 */
async function forwardingSignals<Result>(
  child: Pick<ChildProcess, "kill">,
  work: () => PromiseLike<Result>,
): Promise<Result> {
  const forward = (signal: NodeJS.Signals): void => {
    if (signal === "SIGINT" && process.stdin.isTTY) return;
    child.kill("SIGINT");
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, forward);
  try {
    return await work();
  } finally {
    for (const signal of signals) process.off(signal, forward);
  }
}
