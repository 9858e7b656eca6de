/** The main job on real nodes: make an environment, find it unchanged, remove it without a trace. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { expectSameMachine, snapshot } from "../support/snapshot.ts";
import { testStack } from "../support/stack.ts";

describe("an environment of three nodes", () => {
  const stack = testStack();

  it("comes up, stays as it is, and goes without a trace", async () => {
    const environment = stack();
    const before = await snapshot(environment);

    await environment.up();
    await environment.on("primary", "ping -c 1 -w 3 172.24.4.3");
    await environment.on("subnode-1", "ping -c 1 -w 3 172.24.4.3");

    // Red when an output of the contract, or the file that it names, is missing or says something else.
    const outputs = JSON.parse((await environment.succeed(["stack", "output", "--json"])).stdout);
    expect(outputs.nodes.map(({ name }: { name: string }) => name)).toEqual(["primary", "subnode-1", "subnode-2"]);
    expect(outputs.overlays).toMatchObject([{ bridge: "br-ex", mtu: 1450, port: 4789, topology: "star" }]);
    expect(outputs.verification.failed).toEqual([]);
    expect(JSON.parse(readFileSync(outputs.verification.report, "utf8")).checks).toBe(outputs.verification.checks);
    expect(readFileSync(join(environment.generated, "topology.mmd"), "utf8")).toBe(outputs.topology);
    expect(Object.keys(parse(readFileSync(outputs.inventory, "utf8")).all.children)).toEqual(["primary", "subnodes"]);

    // Red when a resource's diff compares what it should not, or reads back other than it was written.
    expect(await environment.preview("--refresh")).toEqual([]);
    await environment.succeed(["refresh", "--yes", "--skip-preview", "--expect-no-changes"]);
    await environment.up("--expect-no-changes");

    await environment.destroy();
    expect(existsSync(environment.generated)).toBe(false);
    expect((await environment.state()).resources).toEqual([]);
    await expectSameMachine(environment, before);
  });
});
