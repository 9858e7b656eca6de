/** Runs a script on a node. */
import type { ClientChannel } from "ssh2";
import { AccessFailure } from "./access-failure.ts";
import { StepError } from "./error.ts";
import type { NodeHandle } from "./node-handle.ts";
import { declareSilent, inChannel } from "./pool.ts";
import { quoteWord, type ShellText } from "./quote.ts";

/** Seconds a step may take, connection and waiting included, where it says nothing else. */
export const stepSeconds = 20;

/** What a script did. */
export interface Outcome {
  /** Exit status of the script. */
  status: number;
  stdout: string;
  stderr: string;
}

/** How a script is run. */
export interface RunOptions {
  /** Text for the script's standard input: the way secrets travel, as command lines can be read by others. */
  stdin?: string;
  /** Deadline in seconds, connection and waiting for a channel included. */
  seconds?: number;
  /** Called with every piece of standard output as it comes, for scripts that go on for long. */
  heard?: (text: string) => void;
}

/** Programs of administration are not on every login's PATH; messages are compared in English. */
const preamble = "export PATH=$PATH:/usr/sbin:/sbin LC_ALL=C\n";

/**
 * Runs a script as root with the node's shell and gives what it did, whatever its exit status.
 *
 * @throws StepError when the node cannot be reached or does not answer in time
 */
export async function attempt(
  node: NodeHandle,
  step: string,
  script: ShellText,
  options: RunOptions = {},
): Promise<Outcome> {
  const seconds = options.seconds ?? stepSeconds;
  const { command, stdin } = asRoot(node, preamble + script.text, options.stdin ?? "");
  const work = outcomeAsRoot(node, step, command, { ...options, stdin });
  const late = (): StepError => declareSilent(node, step, `no answer from ${node.host} within ${seconds} s`);
  return await withDeadline(work, seconds, late);
}

/**
 * Runs a script that has to succeed and gives its standard output.
 *
 * @throws StepError with the end of the script's error output when it exits with anything but 0
 */
export async function run(
  node: NodeHandle,
  step: string,
  script: ShellText,
  options: RunOptions = {},
): Promise<string> {
  return (await succeed(node, step, script, options)).stdout;
}

/** The same, for a script whose warnings are of use: gives what it did. */
export async function succeed(
  node: NodeHandle,
  step: string,
  script: ShellText,
  options: RunOptions = {},
): Promise<Outcome> {
  const outcome = await attempt(node, step, script, options);
  if (outcome.status !== 0) {
    throw new StepError(node.name, step, `exit status ${outcome.status}`, outcome.stderr || outcome.stdout);
  }
  return outcome;
}

/** Bytes of a script that go on a command line; Linux takes 131072 a word (MAX_ARG_STRLEN), quotes included. */
const longestCommand = 50_000;

/**
 * A script as a command that runs it as root. What sudo runs is written to the system's log, and words of a command line
 * have a limit: for other users than root, and where it is long, the script goes ahead of its standard input.
 */
function asRoot({ user }: NodeHandle, script: string, stdin: string): { command: string; stdin: string } {
  const length = Buffer.byteLength(script);
  if (user === "root" && length <= longestCommand) return { command: script, stdin };
  const byStdin = `eval "$(head -c ${length})"`;
  return { command: user === "root" ? byStdin : `${sudo} sh -c ${quoteWord(byStdin)}`, stdin: script + stdin };
}

/** sudo that asks for no password and speaks English, whatever the shell of the user is. */
const sudo = "env LC_ALL=C sudo -n";

/** Runs a command; where sudo may be what failed, it is asked alone, as a script can print anything. */
async function outcomeAsRoot(node: NodeHandle, step: string, command: string, options: RunOptions): Promise<Outcome> {
  const outcome = await inChannel(node, step, command, (channel) => outcomeOf(channel, options, node, step));
  if (node.user === "root" || outcome.status === 0 || !outcome.stderr.includes("sudo")) return outcome;
  const probe = await inChannel(node, step, `${sudo} true`, (channel) => outcomeOf(channel, {}, node, step));
  if (probe.status === 0) return outcome;
  const reason = `user ${node.user} cannot become root without a password: ${probe.stderr.trim()}`;
  throw new StepError(node.name, step, reason, "", { cause: new AccessFailure("sudo", reason) });
}

/** The work's result, or the error that `late` gives when it takes longer. */
async function withDeadline<T>(work: Promise<T>, seconds: number, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), seconds * 1000);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}

function outcomeOf(channel: ClientChannel, options: RunOptions, node: NodeHandle, step: string): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    let stdout = "";
    let stderr = "";
    let status: number | undefined;
    channel.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      options.heard?.(text);
    });
    channel.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    channel.once("exit", (code: number | null) => {
      status = code ?? undefined;
    });
    channel.once("close", () => {
      if (status !== undefined) resolve({ status, stdout, stderr });
      else reject(new StepError(node.name, step, "the node ended the connection in the middle of it", stderr));
    });
    channel.end(options.stdin ?? "");
  });
}
