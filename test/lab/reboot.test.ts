/** After a reboot nothing of a lab lives and its run-time folders are empty: the next `npm start` brings all back. */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { controllerLink, labFolder, labMark, labsFolder } from "../../providers/lab/folders.ts";
import { end, processesMarked } from "../../providers/processes.ts";
import { expectSameMachine, snapshot } from "../support/snapshot.ts";
import { type TestStack, testStack } from "../support/stack.ts";

describe("a lab that a reboot ended", () => {
  const stack = testStack({ nodes: { lab: { subnodes: 1 } } });

  it("comes back with `npm start`, and goes without a trace", async () => {
    const environment = stack();
    const before = await snapshot(environment);
    const first = await environment.tool("start", environment.name);
    expect(first.code, first.all).toBe(0);

    await reboot(environment);
    const again = await environment.tool("start", environment.name);
    expect(again.code, again.all).toBe(0);
    await environment.on("primary", "ping -c 1 -w 3 172.24.4.2");
    expect(await environment.preview("--refresh")).toEqual([]);

    // Nothing that lived on the machine is left to be removed: destroy has to take that as done.
    await reboot(environment);
    const destroy = await environment.tool("destroy", environment.name);
    expect(destroy.code, destroy.all).toBe(0);
    await expectSameMachine(environment, before);
  });
});

/** Ends and removes of the lab what a reboot of the machine would. */
async function reboot(environment: TestStack): Promise<void> {
  const [lab] = environment.labs();
  if (lab === undefined) throw new Error("the stack has no lab");
  await end(processesMarked(labMark(lab)), 10);
  await environment.run("ip", ["link", "delete", controllerLink(lab)]);
  const prefix = `multinode-${environment.name}-`;
  for (const name of readdirSync("/run/netns").filter((entry) => entry.startsWith(prefix))) {
    await environment.run("ip", ["netns", "delete", name]);
  }
  rmSync(labFolder(lab), { recursive: true });
  if (readdirSync(labsFolder).length === 0) rmSync(labsFolder, { recursive: true });
  expect(readdirSync(join("/run", "netns")).filter((entry) => entry.startsWith(prefix))).toEqual([]);
}
