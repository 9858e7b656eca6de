/** Implementation of what the runs of devstack on a node live on. */
import { runStep } from "../devstack-run/script.ts";
import type { DevstackRunInputs, DevstackRunOutputs } from "../devstack-run.ts";
import { accept, differenceOnNodes } from "../implementation.ts";
import { markedObject, recorded } from "../marked-object.ts";
import { ScriptFailed } from "../remote/error.ts";
import { isNodeGone } from "../remote/node-handle.ts";
import { sh } from "../remote/quote.ts";
import { run } from "../remote/run.ts";

/** Seconds beyond the limit of unstack.sh until the node has to have answered. */
const answerSeconds = 60;

export const devstackRun = markedObject<DevstackRunInputs, DevstackRunOutputs>({
  check: accept,
  diff: async (_id, olds, news) => {
    const updating = ["secretNames", "unstackSeconds", "goesWithStack"] as const;
    return differenceOnNodes(olds, news, "node", ["environment", "user", "tree"], updating);
  },
  leftover: ({ tree }) => `devstack as stack.sh left it (${tree})`,
  place: ({ node }) => `${node.name}/devstack`,
  record: (inputs, olds) => ({ ...inputs, ...recorded(olds) }),
  inputsOf: ({ generation, revision, ...inputs }) => inputs,

  async make(outs) {
    const { node, generation } = outs;
    const folder = folderOf(outs);
    const known = sh`[ "$(cat ${folder}/generation 2>/dev/null)" = ${generation} ]`;
    const begin = sh`mkdir -p ${folder} && rm -f ${folder}/done && echo ${generation} >${folder}/generation`;
    await run(node, "make the folder for runs of devstack", sh`umask 077; ${known} || { ${begin}; }`);
    return outs;
  },

  async find(outs) {
    if (isNodeGone(outs.node)) return undefined;
    const script = sh`cat ${folderOf(outs)}/generation 2>/dev/null || true`;
    const found = await run(outs.node, "look for runs of devstack", script);
    return found.trim() === outs.generation ? {} : undefined;
  },

  async delete(_id, outs) {
    const { node, unstackSeconds, goesWithStack } = outs;
    if (isNodeGone(node)) return;
    try {
      const seconds = unstackSeconds + answerSeconds;
      const { status, stderr } = await runStep(outs, "remove", [unstackSeconds], { seconds });
      if (status !== 0) throw new ScriptFailed(node.name, "run unstack.sh", status, stderr);
    } catch (error) {
      if (!goesWithStack) throw error;
    }
  },
});

function folderOf({ environment }: DevstackRunInputs): string {
  return `/var/lib/devstack-multinode/${environment}/devstack`;
}
