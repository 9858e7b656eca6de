/** Implementation of a login's key on this machine. */
import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { accept, difference, type Implementation } from "../implementation.ts";
import type { LoginKeyInputs } from "../login-key.ts";
import { writePrivateFile } from "../private-file.ts";

/** A refresh writes the file anew where it is missing: without it nobody gets to the nodes. */
export const loginKey: Implementation<LoginKeyInputs, LoginKeyInputs> = {
  check: accept,
  diff: async (_id, olds, news) => difference(olds, news, ["path"], ["privateKey"]),

  async create(inputs) {
    writeLoginKey(inputs);
    return { id: inputs.path, outs: inputs };
  },

  async read(id, outs) {
    if (!existsSync(outs.path)) writeLoginKey(outs);
    return { id, props: outs, inputs: outs };
  },

  async update(_id, _olds, news) {
    writeLoginKey(news);
    return { outs: news };
  },

  async delete(_id, { path }) {
    rmSync(path, { force: true });
    // Of a controller that the stack has left, nothing else of it may be there.
    const folder = dirname(path);
    if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
  },
};

/** Writes the key's file. */
export function writeLoginKey(key: LoginKeyInputs): void {
  writePrivateFile(key.path, loginKeyText(key));
}

/** What the file holds. SSH takes no key whose last line has no end. */
export function loginKeyText({ privateKey }: Pick<LoginKeyInputs, "privateKey">): string {
  return `${privateKey.trim()}\n`;
}
