/** What network managers and VPNs take away of a lab on this machine: named at once, and put back. */
import { beforeAll, describe, expect, it } from "vitest";
import { controllerLink, namespaceOf, routerNode } from "../../providers/lab/folders.ts";
import { expectSameMachine, type Snapshot, snapshot } from "../support/snapshot.ts";
import { type RunResult, type TestStack, testStack } from "../support/stack.ts";

// Each test goes on from what the one before left: none is tried a second time.
describe("the way from this machine to a lab", { retry: 0 }, () => {
  const stack = testStack({ nodes: { lab: { subnodes: 1 } } });
  let before: Snapshot;
  let link = "";
  let router = "";

  beforeAll(async () => {
    before = await snapshot(stack());
    await stack().up();
    const [lab] = stack().labs();
    if (lab === undefined) throw new Error("the stack has no lab");
    link = controllerLink(lab);
    router = namespaceOf(lab, routerNode);
  });

  it.each([
    {
      what: "route",
      take: () => ip("route", "delete", stack().underlay),
      missing: () => `the route to ${stack().underlay}`,
    },
    { what: "address", take: () => ip("address", "flush", "dev", link), missing: () => `the address of ${link}` },
    { what: "interface", take: () => ip("link", "delete", link), missing: () => `the interface ${link}` },
  ])("whose $what is gone is named at once, and put back under living nodes", async ({ take, missing }) => {
    const environment = stack();
    const nodes = await boots(environment);
    await take();
    const up = await environment.pulumi("up", "--yes", "--skip-preview", "--refresh");
    expect(up.code).not.toBe(0);
    // Red when a read waits for an answer that cannot come, and then takes the node for silent.
    expect(up.all).toContain(`no way from this machine to the lab: ${missing()}`);
    expect(up.all).toContain(`write     npm start -- ${environment.name}`);
    expect(up.all).not.toMatch(/no answer|kill -9/);

    const start = await started(environment);
    expect(start.all).toContain(`put back ${missing()}`);
    expect(start.all).toContain("nothing had to change; verifying what is there");
    expect(await boots(environment)).toBe(nodes);
  });

  it("that something else took meanwhile is left to it, and named", async () => {
    const environment = stack();
    await ip("route", "delete", environment.underlay);
    await ip("route", "add", "blackhole", environment.underlay);
    const start = await environment.tool("start", environment.name);
    expect(start.code).toBe(1);
    expect(start.all).toContain(`the underlay range ${environment.underlay} is in use on this machine: `);
    expect(start.all).not.toMatch(/^\s+at .*\.ts:\d+/m);
    await ip("route", "delete", "blackhole", environment.underlay);
    await started(environment);
  });

  it("whose router is gone took all nodes' links along: they read as gone, and all comes back", async () => {
    const environment = stack();
    const nodes = await boots(environment);
    await ip("netns", "delete", router);
    await started(environment);
    expect(await boots(environment)).not.toBe(nodes);
  });

  it("is not needed for a destroy", async () => {
    const environment = stack();
    await ip("route", "delete", environment.underlay);
    await environment.destroy();
    await expectSameMachine(environment, before);
  });

  /** `npm start`, after which everything is as it should be. */
  async function started(environment: TestStack): Promise<RunResult> {
    const start = await environment.tool("start", environment.name);
    expect(start.code, start.all).toBe(0);
    await environment.on("primary", "ping -c 1 -w 3 172.24.4.2");
    expect(await environment.preview("--refresh")).toEqual([]);
    return start;
  }

  /** When each node was booted. */
  async function boots(environment: TestStack): Promise<string> {
    const started = "cut -d ' ' -f 22 /proc/1/stat";
    return (await Promise.all(["primary", "subnode-1"].map((node) => environment.on(node, started)))).join(" ");
  }

  async function ip(...words: readonly string[]): Promise<void> {
    const { code, all } = await stack().run("ip", words);
    expect(code, `ip ${words.join(" ")}\n${all}`).toBe(0);
  }
});
