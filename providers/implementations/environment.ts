/** Implementation of the environment's own resource. */
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { EnvironmentInputs, EnvironmentOutputs } from "../environment.ts";
import { accept, difference, type Implementation } from "../implementation.ts";
import { clearKilledRuns } from "../killed-runs/clear.ts";

/** Keeps the id that is in every mark; its deletion takes the folder of generated files along. */
export const environment: Implementation<EnvironmentInputs, EnvironmentOutputs> = {
  check: accept,
  diff: async (_id, olds, news) => difference(olds, news, ["stack"], ["folder"]),

  async create(inputs) {
    const environmentId = randomBytes(3).toString("hex");
    return { id: `${inputs.stack}-${environmentId}`, outs: { ...inputs, environmentId } };
  },

  read: async (id, outs) => ({ id, props: outs, inputs: { stack: outs.stack, folder: outs.folder } }),
  update: async (_id, olds, news) => ({ outs: { ...news, environmentId: olds.environmentId } }),

  async delete(_id, { folder }) {
    // A killed engine leaves its plugins running and their files behind; for who runs a Pulumi without our launcher, this is
    // the last to look.
    await clearKilledRuns(process.cwd());
    rmSync(folder, { recursive: true, force: true });
    const parent = dirname(folder);
    if (existsSync(parent) && readdirSync(parent).length === 0) rmdirSync(parent);
  },
};
