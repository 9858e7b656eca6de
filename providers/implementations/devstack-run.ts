/** Implementation of what the runs of devstack on a node live on. */

import { runStep } from "../devstack-run/script.ts";
import type { DevstackRunInputs, DevstackRunOutputs } from "../devstack-run.ts";
import { accept, differenceOnNode, gone, type Implementation, PartlyDone } from "../implementation.ts";
import { newGeneration } from "../mark.ts";
import { StepError } from "../remote/error.ts";
import { isNodeGone } from "../remote/node-handle.ts";
import { sh } from "../remote/quote.ts";
import { run } from "../remote/run.ts";

/** Seconds beyond the limit of unstack.sh until the node has to have answered. */
const answerSeconds = 60;

export const devstackRun: Implementation<DevstackRunInputs, DevstackRunOutputs> = {
  check: accept,

  diff: async (_id, olds, news) =>
    differenceOnNode(olds, news, ["environment", "user", "tree"], ["secretNames", "unstackSeconds", "goesWithStack"]),

  async create(inputs) {
    const outs = { ...inputs, generation: newGeneration() };
    const id = `${inputs.node.name}/${outs.generation}`;
    const folder = folderOf(outs);
    try {
      const script = sh`umask 077; mkdir -p ${folder} && rm -f ${folder}/done && echo ${outs.generation} >${folder}/generation`;
      await run(inputs.node, "make the folder for runs of devstack", script);
    } catch (error) {
      throw error instanceof Error ? new PartlyDone(id, outs, error) : error;
    }
    return { id, outs };
  },

  async read(id, outs) {
    if (isNodeGone(outs.node)) return gone;
    const found = await run(
      outs.node,
      "look for runs of devstack",
      sh`cat ${folderOf(outs)}/generation 2>/dev/null || true`,
    );
    const { generation, ...inputs } = outs;
    return found.trim() === generation ? { id, inputs, props: outs } : gone;
  },

  update: async (_id, olds, news) => ({ outs: { ...news, generation: olds.generation } }),

  async delete(_id, outs) {
    if (isNodeGone(outs.node)) return;
    try {
      const { status, stderr } = await runStep(
        outs,
        "remove",
        [outs.unstackSeconds],
        outs.unstackSeconds + answerSeconds,
      );
      if (status !== 0) throw new StepError(outs.node.name, "run unstack.sh", `exit status ${status}`, stderr);
    } catch (error) {
      if (!outs.goesWithStack) throw error;
    }
  },
};

function folderOf({ environment }: DevstackRunInputs): string {
  return `/var/lib/devstack-multinode/${environment}/devstack`;
}
