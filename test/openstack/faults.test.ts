/** Servers that fail while they are made, and ones that fail or go later behind Pulumi's back. */
import { afterEach, describe, expect, it } from "vitest";
import { hostName } from "../../model/naming.ts";
import { changeLines } from "../support/changes.ts";
import type { RunResult, TestStack } from "../support/stack.ts";
import { testCloud } from "./cloud/index.ts";
import { cloudStack } from "./stack.ts";

const cloud = testCloud();

/** Nodes are reached at their fixed addresses; packets are not the point here. */
const [range] = cloud.routedRanges;
const options = { subnodes: 2, range, floatingAddresses: false };
const config = { verify: "none" };

afterEach(async () => {
  await cloud.resetQuotas();
  await cloud.setHypervisor("enabled");
});

describe("a server", () => {
  const stack = cloudStack(options, config);
  const nameOf = (node: string): string => hostName(stack().name, node);
  const idOf = async (node: string): Promise<string> => (await cloud.server(nameOf(node))).id;

  it("that a quota forbids is told in nova's words, and the next run goes on from there", async () => {
    await cloud.setComputeQuota({ instances: 2 });
    const refused = await failedUp(stack());
    // nova refuses the request, or notices only when the servers are there that they are too many.
    expect(refused.all).toMatch(/Quota exceeded for instances: Requested 1, but already used \d of 2 instances/);
    const running = (await cloud.servers()).map(({ id }) => id);
    expect([1, 2]).toContain(running.length);
    // Red when servers that were made are in no state: the next run could not take them over, nor destroy remove them.
    const recorded = (await stack().state()).resources.map(({ id }) => id);
    expect(recorded).toEqual(expect.arrayContaining(running));

    await cloud.resetQuotas();
    await stack().up();
    const whole = (await cloud.servers()).map(({ id }) => id);
    expect(whole).toEqual(expect.arrayContaining(running));
    expect(whole).toHaveLength(3);
    expect(await stack().preview()).toEqual([]);
  });

  it("that is one more than the quota has is told once the cloud has refused it", async () => {
    await cloud.setComputeQuota({ instances: 3 });
    stack().chooseNodes({ ...options, subnodes: 3 }, config);
    const refused = await failedUp(stack());
    expect(refused.all).toMatch(/Quota exceeded for instances: Requested 1, but already used 3 of 3 instances/);
    expect((await stack().state()).pending).toEqual([]);
  });

  it("that finds no host is told with nova's fault, and the next run ends with one that works", async () => {
    stack().chooseNodes({ ...options, subnodes: 3 }, config);
    await cloud.setHypervisor("disabled");
    const failed = await failedUp(stack());
    // Red when only the plugin speaks, which knows no fault.
    expect(failed.all).toMatch(
      /error: subnode-3: boot: its server [0-9a-f-]{36} ended in ERROR: No valid host was found/,
    );
    expect(await cloud.servers(nameOf("subnode-3"))).toEqual([]);

    await cloud.setHypervisor("enabled");
    await stack().up();
    expect(await stack().on("subnode-3", "hostname")).toContain(nameOf("subnode-3"));
    expect(await stack().preview("--refresh")).toEqual([]);
  });

  it("that somebody deleted is named by a preview, and made anew alone, also where that fails at first", async () => {
    const others = await Promise.all(["primary", "subnode-2", "subnode-3"].map(idOf));
    await cloud.deleteServer(nameOf("subnode-1"));
    const lines = changeLines(await stack().preview("--refresh"));
    expect(lines).toContain("create subnode-1");

    await cloud.setHypervisor("disabled");
    const failed = await failedUp(stack(), "--refresh");
    expect(failed.all).toMatch(
      /error: subnode-1: boot: its server [0-9a-f-]{36} ended in ERROR: No valid host was found/,
    );
    await cloud.setHypervisor("enabled");
    // Red when a refresh takes the failed server for whole.
    await stack().up("--refresh");
    expect(await stack().on("subnode-1", "sudo ovs-vsctl list-ports br-ex")).toMatch(/br-ex_/);
    expect(await Promise.all(["primary", "subnode-2", "subnode-3"].map(idOf))).toEqual(others);
    expect(await stack().preview("--refresh")).toEqual([]);
  });

  it("that gets into ERROR later is told with the command that replaces it", async () => {
    const before = await idOf("subnode-2");
    await cloud.failServer(nameOf("subnode-2"));
    const failed = await failedUp(stack(), "--refresh");
    expect(failed.all).toMatch(new RegExp(`error: subnode-2: boot: its server ${before} is in ERROR: `));
    const command = /^ +write {5}(pulumi up --replace .*?)(?: {3}to .*)?$/m.exec(failed.all)?.[1];
    expect(command, failed.all).toBeDefined();

    await stack().succeed(["stack", "select"]);
    const { environment } = stack().project;
    const replaced = await stack().run("env", ["PULUMI_SKIP_CONFIRMATIONS=true", "bash", "-c", command ?? ""]);
    expect(environment.PULUMI_STACK).toBeUndefined();
    expect(replaced.code, replaced.all).toBe(0);
    expect(await idOf("subnode-2")).not.toBe(before);
    expect(await stack().on("subnode-2", "sudo ovs-vsctl list-ports br-ex")).toMatch(/br-ex_/);
    expect(await stack().preview("--refresh")).toEqual([]);
  });

  it("of another image is another server", async () => {
    stack().chooseNodes({ ...options, subnodes: 3, image: "debian-12-plain" }, config);
    // Red when the image is put onto the same server, and what is on it counts as there still.
    const lines = changeLines(await stack().preview());
    expect(lines).toEqual(
      expect.arrayContaining(["replace primary", "replace subnode-1", "replace subnode-1-answers"]),
    );
    stack().chooseNodes({ ...options, subnodes: 3, flavor: "m1.large" }, config);
    expect(changeLines(await stack().preview())).not.toContain("replace primary");
  });
});

/** `pulumi up` that has to fail, with its messages and no stack of a program. */
async function failedUp(environment: TestStack, ...flags: readonly string[]): Promise<RunResult> {
  const result = await environment.pulumi("up", "--yes", "--skip-preview", ...flags);
  expect(result.code, result.all).not.toBe(0);
  expect(result.all).not.toMatch(/^\s+at .*[\w/]+\.[tj]s:\d+/m);
  return result;
}
