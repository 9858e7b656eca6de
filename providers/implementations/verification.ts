/** Implementation of the verification resource. */
import { rmSync } from "node:fs";
import { mindingAbandoned } from "../abandoned.ts";
import { accept, difference, type Implementation, PartlyDone } from "../implementation.ts";
import { askForNodes, isNodeGone } from "../remote/node-handle.ts";
import { removeGuests } from "../verification/guests.ts";
import { describeProof, verify } from "../verification/verify.ts";
import type { VerificationInputs, VerificationOutputs } from "../verification.ts";

/** What the verification is about; its change makes the proof again. */
const subjects = ["plan", "nodes", "family", "report", "guests", "revisions"] as const;

/** Fails where a check fails, and is recorded even so: the next `up` makes the proof again. */
export const verification: Implementation<VerificationInputs, VerificationOutputs> = {
  check: accept,
  diff: async (_id, olds, news) => difference(olds, news, [], subjects),

  async create(inputs) {
    const id = `${inputs.plan.stack}/${inputs.plan.flavor}`;
    return { id, outs: await prove(id, inputs) };
  },

  async read(id, outs) {
    const { checks, note, ...inputs } = outs;
    return { id, inputs, props: { ...inputs, checks, note } };
  },

  update: async (id, _olds, news) => ({ outs: await prove(id, news) }),

  async delete(_id, { report, guests, nodes }) {
    rmSync(report, { force: true });
    if (guests === undefined) return;
    await askForNodes(nodes);
    // What an interrupted check left on a node of the lab goes with the node.
    const lasting = await mindingAbandoned(guests.environment, () =>
      nodes.filter((node) => node.lab === undefined && !isNodeGone(node)),
    );
    const left = await removeGuests(lasting, guests.environment);
    if (left.length > 0) throw new Error(left.map(({ from, detail }) => `${from}: ${detail}`).join("\n"));
  },
};

/** @throws PartlyDone when a check failed, so that the next run proves the stack again */
async function prove(id: string, inputs: VerificationInputs): Promise<VerificationOutputs> {
  // Pulumi shows what a provider prints as a message about the stack.
  const proof = await verify(inputs, (line) => console.log(line));
  const outs = { ...inputs, checks: proof.results.length, note: proof.note };
  if (proof.failed.length === 0) return outs;
  const text = `verification failed: ${proof.failed.length} of ${proof.results.length} checks.\n\n${describeProof(proof)}\n\nreport: ${inputs.report}`;
  throw new PartlyDone(id, outs, new Error(text));
}
