/** Implementation of the logs of runs of stack.sh that fail. */
import type { DevstackLogsInputs, DevstackLogsOutputs, StackedNode } from "../devstack-logs.ts";
import { collectLogs, logsFolder } from "../devstack-run/logs.ts";
import { type Ending, watchAttempt } from "../devstack-run/watch.ts";
import { accept, difference, type Implementation } from "../implementation.ts";
import { messageOf, StepError, StepErrors } from "../remote/error.ts";

export const devstackLogs: Implementation<DevstackLogsInputs, DevstackLogsOutputs> = {
  check: accept,

  /** What is recorded of a node serves until it is to be stacked again, wherever and however it is reached. */
  async diff(_id, olds, { runs }) {
    const ids = Object.fromEntries(Object.entries(runs).map(([node, { id }]) => [node, id]));
    return difference(olds.stacked, ids, [], Object.keys(ids));
  },

  create: async (inputs) => ({ id: inputs.environment, outs: await watched(inputs, {}) }),

  async read(id, outs) {
    const { stacked: _, ...inputs } = outs;
    return { id, inputs, props: outs };
  },

  update: async (_id, olds, news) => ({ outs: await watched(news, olds.stacked) }),
  delete: async () => {},
};

/**
 * Watches the runs whose ids are new, and records which nodes were seen to be stacked. A run of which nothing was seen, as its command
 * never got to its node, fails nobody here: it is watched again with the next `up`.
 *
 * @throws StepErrors for runs that failed, with their logs' paths on this machine
 */
async function watched(
  inputs: DevstackLogsInputs,
  known: DevstackLogsOutputs["stacked"],
): Promise<DevstackLogsOutputs> {
  const going = new Set<string>();
  const ended = await Promise.all(
    Object.entries(inputs.runs).map(async ([name, run]) => {
      const isStacked = known[name] === run.id || (await isStackedInTheEnd(inputs, run, going));
      return { name, id: run.id, isStacked };
    }),
  );
  const failures = ended.flatMap(({ isStacked }) => (isStacked instanceof StepError ? [isStacked] : []));
  if (failures.length > 0) throw new StepErrors(failures);
  const stacked = ended.filter(({ isStacked }) => isStacked === true).map(({ name, id }) => [name, id]);
  return { ...inputs, stacked: Object.fromEntries(stacked) };
}

/** Whether a node is known to be stacked when its run has ended, or how that failed. @param going nodes whose runs go on */
async function isStackedInTheEnd(
  inputs: DevstackLogsInputs,
  run: StackedNode,
  going: Set<string>,
): Promise<boolean | StepError> {
  const { name } = run.node;
  const failure = async (reason: string): Promise<StepError> =>
    new StepError(name, "run stack.sh", `${reason}; ${await collected(inputs, run)}`);
  try {
    const ending = await endingOf(inputs, run, going);
    switch (ending) {
      case "stacked":
        return true;
      case "failed":
        return await failure("it failed");
      case "late":
        return await failure(`it has not ended within ${inputs.seconds.end} s`);
      case "earlier":
        console.log((await failure("it failed before, and did not begin anew")).message);
        return false;
      case "none":
        return false;
      default:
        return ending satisfies never;
    }
  } catch (error) {
    // Whether the run is well does not depend on who watches it.
    console.log(`stack.sh is not watched: ${messageOf(error)}`);
    return false;
  }
}

/** @param going nodes whose runs go on; holds this one as long as its run does */
async function endingOf(inputs: DevstackLogsInputs, { node, id }: StackedNode, going: Set<string>): Promise<Ending> {
  for (;;) {
    const onBegin = (): unknown => going.add(node.name);
    const ending = await watchAttempt({ ...inputs, node }, id, inputs.seconds, onBegin).finally(() =>
      going.delete(node.name),
    );
    // Its command may have none of Pulumi's few places to work yet, and gets one when another run ends.
    if (going.size === 0 || !["none", "earlier"].includes(ending)) return ending;
  }
}

/** Collects the node's logs, and says where they are. */
async function collected(inputs: DevstackLogsInputs, { node }: StackedNode): Promise<string> {
  try {
    const files = await collectLogs(logsFolder(inputs.folder), { ...inputs, node });
    return `collected ${files.join(", ")}`;
  } catch (error) {
    return `its logs stay there: ${messageOf(error)}`;
  }
}
