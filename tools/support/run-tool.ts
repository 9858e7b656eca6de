/** What every command line tool of the project shares: how it ends. */
import { ConfigError } from "../../model/violation.ts";
import { messageOf } from "../../providers/remote/error.ts";
import { LockError } from "./lock.mjs";
import { UserError } from "./user-error.ts";

/** A tool: takes the command line's arguments, gives the exit code. */
export type Tool = (args: readonly string[]) => Promise<number>;

/**
 * Runs a tool and sets the exit code. A user's mistake is printed as its message; anything else is a bug and keeps its
 * stack. Both exit with 1.
 */
export async function runTool(tool: Tool): Promise<void> {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // Whoever read the output has enough of it, as `head` does.
    if (error.code === "EPIPE") process.exit();
    throw error;
  });
  try {
    process.exitCode = await tool(process.argv.slice(2));
  } catch (error) {
    const expected = error instanceof UserError || error instanceof LockError || error instanceof ConfigError;
    process.stderr.write(`${expected || !(error instanceof Error) ? messageOf(error) : error.stack}\n`);
    process.exitCode = 1;
  }
}
