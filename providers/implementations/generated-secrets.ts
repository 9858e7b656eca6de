/** Implementation of generated secrets. */
import { randomBytes } from "node:crypto";
import type { GeneratedSecretsInputs, GeneratedSecretsOutputs } from "../generated-secrets.ts";
import { accept, difference, type Implementation } from "../implementation.ts";

/** Bytes of randomness in a secret, written as twice as many hexadecimal digits: safe in any URL or file devstack puts it in. */
const secretBytes = 16;

/** A value, once generated, stays for as long as its name is asked for. */
export const generatedSecrets: Implementation<GeneratedSecretsInputs, GeneratedSecretsOutputs> = {
  check: accept,
  diff: async (_id, olds, news) => difference(olds, news, [], ["names"]),

  async create({ names }) {
    return { id: "generated", outs: { names, values: valuesFor(names, {}) } };
  },

  read: async (id, outs) => ({ id, props: outs, inputs: { names: outs.names } }),
  update: async (_id, olds, { names }) => ({ outs: { names, values: valuesFor(names, olds.values) } }),
  delete: async () => {},
};

function valuesFor(names: string[], known: Record<string, string>): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, known[name] ?? randomBytes(secretBytes).toString("hex")]));
}
