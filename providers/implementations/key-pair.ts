/** Implementation of the job's SSH key pair. */
import { accept, difference, type Implementation } from "../implementation.ts";
import type { KeyPairInputs, KeyPairOutputs } from "../key-pair.ts";
import { generateSshKey } from "../remote/ssh-key.ts";

/** Generated once and kept in the state, the private half as a secret. */
export const keyPair: Implementation<KeyPairInputs, KeyPairOutputs> = {
  check: accept,
  diff: async (_id, olds, news) => difference(olds, news, ["comment"], []),
  create: async ({ comment }) => ({ id: "generated", outs: { comment, ...generateSshKey(comment) } }),
  read: async (id, outs) => ({ id, props: outs, inputs: { comment: outs.comment } }),
  update: async (_id, olds, { comment }) => ({ outs: { ...olds, comment } }),
  delete: async () => {},
};
