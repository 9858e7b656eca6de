/** The one error of a step that failed on a node or on this machine. */

/** How much of a failed step's output an error shows, in characters. */
const shownOutput = 600;

/**
 * A step that failed: which node, what was being done, why, and the end of what it printed. Its text is meant for
 * users, so it carries no stack: Pulumi prints that of every provider error.
 */
export class StepError extends Error {
  readonly node: string;
  readonly step: string;
  readonly #reason: string;
  readonly #output: string;

  constructor(node: string, step: string, reason: string, output = "", options?: ErrorOptions) {
    const tail = output.trim().slice(-shownOutput);
    super(`${node}: ${step}: ${reason}${tail === "" ? "" : `\n${tail.replaceAll(/^/gm, "    ")}`}`, options);
    this.name = "StepError";
    this.node = node;
    this.step = step;
    this.#reason = reason;
    this.#output = output;
    this.stack = "";
  }

  /** The same failure, with more to say of it. */
  adding(text: string): StepError {
    return new StepError(this.node, this.step, `${this.#reason}${text}`, this.#output, { cause: this.cause });
  }

  override toString(): string {
    return this.message;
  }
}

/**
 * Does the work of removing something.
 *
 * @param what names what it is, for an error that says what stays on the node
 */
export async function removing<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof StepError ? error.adding(`; what stays there is ${what}`) : error;
  }
}

/** The text of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
