import { describe, expect, it } from "vitest";
import { readOptions } from "../../bench/options.ts";

describe("the benchmark's options", () => {
  it("measure 3, 10 and 25 nodes three times when nothing is said", () => {
    expect(readOptions([])).toEqual({ nodes: [3, 10, 25], runs: 3, json: false, ansible: false });
  });

  it.each([[["--nodes", "3,10", "--runs", "1", "--json"]], [["--nodes=3,10", "--runs=1", "--json"]]])(
    "take %j",
    (args) => expect(readOptions(args)).toEqual({ nodes: [3, 10], runs: 1, json: true, ansible: false }),
  );

  it("compare with Ansible only when asked", () => expect(readOptions(["--ansible"]).ansible).toBe(true));

  it("report everything that is wrong at once, with what to write", () => {
    expect(() => readOptions(["--nodes", "1,x", "--runs", "0", "--jsn", "all"])).toThrow(
      [
        "expected one of --nodes, --runs, --json, --ansible; given: --jsn; did you mean --json?",
        "expected no argument without dashes; given: all",
        "--nodes: expected numbers from 2 to 255 such as 3,10; given: 1,x",
        "--runs: expected a number from 1 to 99; given: 0",
        "usage: npm run bench [-- [--nodes 3,10,25] [--runs 3] [--ansible] [--json]]",
      ].join("\n"),
    );
  });

  it.each(["", "2.5", "256", "3,,10"])("refuse %j as numbers of nodes", (nodes) =>
    expect(() => readOptions([`--nodes=${nodes}`])).toThrow("--nodes: expected numbers"),
  );
});
