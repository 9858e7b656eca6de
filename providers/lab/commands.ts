/** Runs the programs that make up a lab on this machine. */
import { StepError } from "../remote/error.ts";

/** Seconds one local program may take. */
const commandSeconds = 20;

/**
 * Runs a program of this machine, arguments as a list, and gives its output.
 *
 * @param step what is being done, for the error
 * @throws StepError when it fails or takes too long
 */
export async function local(step: string, program: string, args: readonly string[], input = ""): Promise<string> {
  // Loaded when a program is run: most runs of Pulumi run none, and it is over a hundred files.
  const { execa } = await import("execa");
  const result = await execa(program, [...args], {
    input,
    reject: false,
    timeout: commandSeconds * 1000,
    env: { LC_ALL: "C" },
  });
  if (!result.failed) return result.stdout;
  const reason = result.timedOut
    ? `${program} took longer than ${commandSeconds} s`
    : (result.shortMessage ?? "it failed");
  throw new StepError("this machine", step, reason, result.stderr);
}

/** Runs a batch of `ip` commands, in a namespace when one is named. */
export async function ipBatch(step: string, namespace: string | undefined, commands: readonly string[]): Promise<void> {
  const where = namespace === undefined ? [] : ["-n", namespace];
  await local(step, "ip", [...where, "-batch", "-"], `${commands.join("\n")}\n`);
}

/** Reads a JSON answer of `ip`. */
export async function ipJson<T>(step: string, args: readonly string[]): Promise<T[]> {
  const output = await local(step, "ip", ["-j", ...args]);
  return output.trim() === "" ? [] : JSON.parse(output);
}
