/** Runs a script on a node. */
import type { ClientChannel } from "ssh2";
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
  const root = node.user === "root" ? preamble + script.text : `sudo -n sh -c ${quoteWord(preamble + script.text)}`;
  const work = inChannel(node, step, root, (channel) => outcomeOf(channel, options, node, step));
  const late = new StepError(node.name, step, `no answer from ${node.host} within ${seconds} s`);
  return await withDeadline(work, seconds, late, () => declareSilent(node, late));
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
  const outcome = await attempt(node, step, script, options);
  if (outcome.status !== 0) {
    throw new StepError(node.name, step, `exit status ${outcome.status}`, outcome.stderr || outcome.stdout);
  }
  return outcome.stdout;
}

/** The work's result, or the error when it takes longer; `onLate` is told first. */
async function withDeadline<T>(work: Promise<T>, seconds: number, late: Error, onLate: () => void): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      onLate();
      reject(late);
    }, seconds * 1000);
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
