import { describe, expect, it } from "vitest";
import { findOrphans, pipeFolders } from "../../../providers/killed-runs/orphans.ts";
import type { ProcessFacts } from "../../../providers/processes.ts";

const folder = "/project";
const init: ProcessFacts = { pid: 1, parent: 0, words: ["/sbin/init"], folder: "/" };

/** The processes of one run of Pulumi, `first` on, under a parent. */
function run(first: number, parent: number): ProcessFacts[] {
  const sdk = "/project/node_modules/@pulumi/pulumi/cmd";
  return [
    {
      pid: first,
      parent,
      words: ["/home/me/.pulumi/versions/3.259.0/bin/pulumi-language-nodejs", "127.0.0.1:1"],
      folder,
    },
    {
      pid: first + 1,
      parent: first,
      words: ["node", `${sdk}/run/index.js`, "--sync", "/tmp/pulumi-node-pipes42", "index.ts"],
      folder,
    },
    { pid: first + 2, parent, words: ["/bin/sh", "/opt/pulumi-resource-pulumi-nodejs", "127.0.0.1:1"], folder },
    { pid: first + 3, parent: first + 2, words: ["node", `${sdk}/dynamic-provider/index.js`, "127.0.0.1:1"], folder },
  ];
}

describe("findOrphans", () => {
  it("finds the plugins of a dead run and leaves a living run's, another project's and other programs alone", () => {
    const engine: ProcessFacts = { pid: 50, parent: 1, words: ["pulumi", "up"], folder };
    const elsewhere = run(80, 1).map((process) => ({ ...process, folder: "/other" }));
    const editor: ProcessFacts = { pid: 90, parent: 1, words: ["vi", "index.ts"], folder };
    const orphans = findOrphans([init, engine, ...run(10, 1), ...run(60, 50), ...elsewhere, editor], folder);
    expect(orphans.map(({ pid }) => pid)).toEqual([10, 11, 12, 13]);
  });

  it("spares the run of the plugin that asks, whatever its engine is called", () => {
    const shell: ProcessFacts = { pid: 40, parent: 1, words: ["bash"], folder };
    const engine: ProcessFacts = { pid: 50, parent: 40, words: ["pulumi-3.259", "destroy"], folder };
    const orphans = findOrphans([init, shell, engine, ...run(10, 1), ...run(60, 50)], folder, 63);
    expect(orphans.map(({ pid }) => pid)).toEqual([10, 11, 12, 13]);
  });
});

describe("pipeFolders", () => {
  it("gives only folders that the language host makes", () => {
    const other: ProcessFacts = { pid: 5, parent: 1, words: ["rsync", "--sync", "/home/me"], folder };
    expect(pipeFolders([...run(10, 1), other])).toEqual(["/tmp/pulumi-node-pipes42"]);
  });
});
