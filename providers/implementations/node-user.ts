/** Implementation of a user on a node. */
import { accept, differenceOnNode, gone, type Implementation } from "../implementation.ts";
import { markText, newGeneration, parseMark } from "../mark.ts";
import type { NodeUserInputs, NodeUserOutputs } from "../node-user.ts";
import { StepError } from "../remote/error.ts";
import { isNodeGone } from "../remote/node-handle.ts";
import { sh } from "../remote/quote.ts";
import { run } from "../remote/run.ts";

export const nodeUser: Implementation<NodeUserInputs, NodeUserOutputs> = {
  check: accept,

  diff: async (_id, olds, news) => differenceOnNode(olds, news, ["environment", "user", "home"], []),

  async create(inputs) {
    const outs = { ...inputs, generation: newGeneration(), revision: newGeneration() };
    const comment = markText(outs);
    const { user, home } = inputs;
    // A `*` for a password lets nobody in by password, and does not lock the account for logins by key as `!` does.
    await run(
      inputs.node,
      `make user ${user}`,
      sh`id -u ${user} >/dev/null 2>&1 || useradd --create-home --home-dir ${home} --shell /bin/bash --password '*' --comment ${comment} ${user}`,
    );
    return { id: `${inputs.node.name}/${user}/${outs.generation}`, outs };
  },

  async read(id, outs) {
    if ((await commentOf(outs)) === undefined) return gone;
    const { generation, revision, ...inputs } = outs;
    return { id, inputs, props: { ...inputs, generation, revision } };
  },

  update: async (_id, olds, news) => ({ outs: { ...news, generation: olds.generation, revision: newGeneration() } }),

  async delete(_id, outs) {
    const mark = parseMark((await commentOf(outs)) ?? "");
    if (mark?.environment !== outs.environment || mark.generation !== outs.generation) return;
    const step = `remove user ${outs.user}`;
    try {
      await run(
        outs.node,
        step,
        sh`userdel --remove ${outs.user} 2>&1 | grep -v 'mail spool' >&2; ! id -u ${outs.user} >/dev/null 2>&1`,
      );
    } catch (error) {
      const hint = `what stays there is the user with ${outs.home}; end the user's processes and run destroy again`;
      throw error instanceof StepError ? new StepError(outs.node.name, step, `${error.message}\n${hint}`) : error;
    }
  },
};

/** The comment field of the user's entry; undefined when the user, or the node, is not there. */
async function commentOf({ node, user }: NodeUserOutputs): Promise<string | undefined> {
  if (isNodeGone(node)) return undefined;
  const entry = await run(node, `look for user ${user}`, sh`getent passwd ${user} || true`);
  return entry.trim() === "" ? undefined : (entry.split(":")[4] ?? "");
}
