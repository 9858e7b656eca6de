/** Looks on while another program stacks a node, until that has ended. */
import { setTimeout as pause } from "node:timers/promises";
import type { DevstackLogsInputs } from "../devstack-logs.ts";
import { StepError } from "../remote/error.ts";
import type { Outcome } from "../remote/run.ts";
import { runStep, type ScriptContext } from "./script.ts";

/** How an attempt to stack a node ended, as the step `watch` of the script says it and explains it. */
const endings = ["stacked", "failed", "late", "none", "earlier"] as const;
export type Ending = (typeof endings)[number];

/** What the step says as soon as the attempt has begun. */
const BEGUN = "begun";

/** Seconds beyond its limits until the step has to have answered. */
const answerSeconds = 30;

/** Milliseconds between two attempts to reach the node. */
const retryInterval = 1000;

/**
 * Waits for the attempt to stack a node with an id that is about to begin, and until it has ended. A connection that is lost
 * meanwhile is made anew.
 *
 * @param onBegin told when the attempt has begun; with a new connection once more
 * @throws StepError when the node cannot be reached for as long as an attempt may take to begin
 */
export async function watchAttempt(
  run: ScriptContext,
  id: string,
  { begin, end }: DevstackLogsInputs["seconds"],
  onBegin: () => void,
): Promise<Ending> {
  let reached = Date.now();
  let isSeen = false;
  for (;;) {
    let isHeard = false;
    const heard = (text: string): void => {
      if (!text.includes(BEGUN)) return;
      isHeard = true;
      isSeen = true;
      onBegin();
    };
    const own = [id, begin, end, isSeen ? "yes" : "no"];
    const options = { seconds: begin + end + answerSeconds, heard };
    const outcome = await runStep(run, "watch", own, options).catch(async (error: unknown) => {
      if (isHeard) reached = Date.now();
      if (Date.now() - reached > begin * 1000) throw error;
      await pause(retryInterval);
    });
    if (outcome !== undefined) return endingIn(outcome, run);
  }
}

function endingIn({ status, stdout, stderr }: Outcome, { node }: ScriptContext): Ending {
  const said = stdout.trim().split("\n").at(-1);
  const ending = endings.find((known) => known === said);
  if (ending === undefined) throw new StepError(node.name, "watch stack.sh", `exit status ${status}`, stderr);
  return ending;
}
