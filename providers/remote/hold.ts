/** A lock on a node, held by an SSH channel: it ends with the channel, so that a holder that was killed blocks nobody. */
import type { ClientChannel } from "ssh2";
import { StepError } from "./error.ts";
import type { NodeHandle } from "./node-handle.ts";
import { inChannel } from "./pool.ts";
import { quoteWord, type ShellText, sh } from "./quote.ts";

/** What a lock is about, and how long it is waited for and held. */
export interface LockWish {
  /** Something that every node has and nobody else locks; nothing is written to it. */
  readonly path: string;
  /** Completes "wait for" in errors: who may hold it. */
  readonly awaited: string;
  /** Seconds until a node has to say whether the lock is free. */
  readonly answerSeconds: number;
  /** Seconds to wait for one that is held. */
  readonly waitSeconds: number;
  /** Seconds after which the node gives it up by itself, for a holder whose machine vanished with its connection open. */
  readonly holdSeconds: number;
}

/**
 * Does some work while no other program, on this machine or another, does work under the same lock of the node. A node that does
 * not answer holds nobody up: the work is done without the lock, and finds out for itself.
 *
 * @param onWait told once, when the lock is held by somebody else
 * @throws StepError when the lock is still held after `waitSeconds`
 */
export async function holding<T>(
  node: NodeHandle,
  wish: LockWish,
  onWait: (line: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const release = await take(node, wish, onWait);
  try {
    return await work();
  } finally {
    release();
  }
}

/** Exit status of a wait that was in vain. */
const HELD = 9;

function script({ path, waitSeconds, holdSeconds }: LockWish): ShellText {
  const hold = `echo held; exec timeout ${holdSeconds} cat >/dev/null`;
  const take = sh`flock --close --conflict-exit-code ${HELD}`;
  return sh`${take} --nonblock ${path} sh -c ${hold}; [ $? = ${HELD} ] || exit 0; echo busy
${take} --wait ${waitSeconds} ${path} sh -c ${hold}`;
}

/** Gives what releases the lock. */
async function take(node: NodeHandle, wish: LockWish, onWait: (line: string) => void): Promise<() => void> {
  const step = `wait for ${wish.awaited}`;
  const { text } = script(wish);
  const command = node.user === "root" ? text : `sudo -n sh -c ${quoteWord(text)}`;
  const nothing = (): void => undefined;
  return await new Promise<() => void>((resolve, reject) => {
    let isLate = false;
    const unanswered = setTimeout(() => {
      isLate = true;
      resolve(nothing);
    }, wish.answerSeconds * 1000);
    const hear = (channel: ClientChannel): Promise<void> =>
      new Promise((closed) => {
        let said = "";
        channel.setEncoding("utf8").on("data", (part: string) => {
          const wasBusy = said.includes("busy");
          said += part;
          clearTimeout(unanswered);
          if (said.includes("held") && isLate) channel.end();
          else if (said.includes("held")) resolve(() => channel.end());
          else if (said.includes("busy") && !wasBusy) onWait(`${node.name}: waiting for ${wish.awaited} to end`);
        });
        channel.stderr.resume();
        channel.once("exit", (code: number | null) => {
          if (code === HELD) reject(new StepError(node.name, step, `it has not ended within ${wish.waitSeconds} s`));
        });
        channel.once("close", () => {
          clearTimeout(unanswered);
          resolve(nothing);
          closed();
        });
      });
    inChannel(node, step, command, hear).catch(() => {
      clearTimeout(unanswered);
      resolve(nothing);
    });
  });
}
