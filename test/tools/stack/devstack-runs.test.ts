import { describe, expect, it } from "vitest";
import { splitLogs } from "../../../providers/devstack-run/logs.ts";
import { recordedRuns } from "../../../tools/stack/devstack-runs.ts";

describe("the runs that a state records", () => {
  const run = (name: string, more: object = {}) => ({
    type: "pulumi-nodejs:dynamic/devstack:Run",
    outputs: { node: { name } },
    ...more,
  });

  it("are one a node, without old halves of replacements and resources of other kinds", () => {
    const resources = [
      run("primary"),
      run("primary", { delete: true }),
      { type: "other", outputs: {} },
      run("subnode-1"),
    ];
    const runs = recordedRuns(JSON.stringify({ deployment: { resources } }));
    expect(runs.map(({ node }) => node.name)).toEqual(["primary", "subnode-1"]);
  });

  it("are none of a stack without state, or one that is empty", () => {
    expect(recordedRuns(null)).toEqual([]);
    expect(recordedRuns(JSON.stringify({ deployment: {} }))).toEqual([]);
  });
});

describe("what a node sends", () => {
  it("falls into its logs, empty ones and words like a head within a line included", () => {
    const sent = [
      "--devstack-multinode log--stack.log",
      "first",
      "a line with --devstack-multinode log--inside",
      "--devstack-multinode log--unstack.log",
      "",
    ].join("\n");
    expect([...splitLogs(sent)]).toEqual([
      ["stack.log", "first\na line with --devstack-multinode log--inside\n"],
      ["unstack.log", ""],
    ]);
  });

  it("is nothing where nothing ran", () => {
    expect([...splitLogs("")]).toEqual([]);
  });
});
