/** Runs a program for its time. */
import { execa } from "execa";
import type { Environment } from "../tools/pulumi/environment.ts";
import { UserError } from "../tools/support/user-error.ts";

/** Seconds after which a program is given up. */
const programSeconds = 300;

/** How much of a failed program's output an error shows, in characters. */
const shownOutput = 3000;

/** Where a program runs. */
export interface Place {
  readonly cwd: string;
  readonly environment: Environment;
  /** Asks the program to end what it has begun, and to end. */
  readonly signal: AbortSignal;
}

/**
 * Runs a program and gives its seconds.
 *
 * @throws UserError with the end of its output when it fails: a run that failed measured nothing
 */
export async function timed(program: string, args: readonly string[], place: Place): Promise<number> {
  let outcome = "";
  const taken = await seconds(async () => {
    const result = await execa(program, args, {
      cwd: place.cwd,
      env: place.environment,
      extendEnv: false,
      stdin: "ignore",
      all: true,
      reject: false,
      timeout: programSeconds * 1000,
      cancelSignal: place.signal,
      killSignal: "SIGINT",
    });
    if (result.failed) outcome = `${result.shortMessage}\n${result.all.slice(-shownOutput)}`;
  });
  if (outcome !== "") throw new UserError(outcome);
  return taken;
}

/** Seconds that some work takes. */
export async function seconds(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}
