/** Implementation of generated files on this machine. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { GeneratedFilesInputs } from "../generated-files.ts";
import { accept, difference, gone, type Implementation } from "../implementation.ts";
import { writePrivateFile } from "../private-file.ts";

/** Files whose texts the program gives; one that was edited or removed by hand is drift. */
export const generatedFiles: Implementation<GeneratedFilesInputs, GeneratedFilesInputs> = {
  check: accept,
  diff: async (_id, olds, news) => difference(olds, news, ["folder"], ["files"]),

  async create(inputs) {
    write(inputs);
    return { id: inputs.folder, outs: inputs };
  },

  async read(id, outs) {
    const texts = Object.keys(outs.files).map((name) => [name, textOf(join(outs.folder, name))] as const);
    const found = texts.filter((entry): entry is readonly [string, string] => entry[1] !== undefined);
    if (found.length === 0) return gone;
    const actual = { folder: outs.folder, files: Object.fromEntries(found) };
    return { id, props: actual, inputs: actual };
  },

  async update(_id, olds, news) {
    const dropped = Object.keys(olds.files).filter((name) => !(name in news.files));
    for (const name of dropped) rmSync(join(olds.folder, name), { force: true });
    write(news);
    return { outs: news };
  },

  async delete(_id, outs) {
    for (const name of Object.keys(outs.files)) rmSync(join(outs.folder, name), { force: true });
  },
};

function write({ folder, files }: GeneratedFilesInputs): void {
  for (const [name, text] of Object.entries(files)) writePrivateFile(join(folder, name), text);
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
