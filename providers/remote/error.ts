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

  constructor(node: string, step: string, reason: string, output = "", options?: ErrorOptions) {
    const tail = output.trim().slice(-shownOutput);
    super(`${node}: ${step}: ${reason}${tail === "" ? "" : `\n${tail.replaceAll(/^/gm, "    ")}`}`, options);
    this.name = "StepError";
    this.node = node;
    this.step = step;
    this.stack = "";
  }

  override toString(): string {
    return this.message;
  }
}

/** A script that a node ran, and that did not succeed: the node is there and answers. */
export class ScriptFailed extends StepError {
  constructor(node: string, step: string, status: number, output: string) {
    super(node, step, `exit status ${status}`, output);
    this.name = "ScriptFailed";
  }
}

/** Steps that failed on several nodes, told one after the other. Like each of them, it carries no stack. */
export class StepErrors extends Error {
  constructor(errors: readonly StepError[]) {
    super(errors.map(({ message }) => message).join("\n"), { cause: errors });
    this.name = "StepErrors";
    this.stack = "";
  }

  override toString(): string {
    return this.message;
  }
}

/** The text of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
