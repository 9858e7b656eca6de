import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { removeNode } from "../../providers/lab/boot.ts";
import type { NodeHandle } from "../../providers/remote/node-handle.ts";
import { withCommandPlugin } from "../support/command-plugin.ts";
import { devstackDouble } from "../support/devstack-double.ts";
import { keyFile } from "../support/existing-hosts.ts";
import { labNodes, on } from "../support/lab-nodes.ts";
import { removeProject, type TestProject } from "../support/project.ts";
import { type TestConfig, TestStack } from "../support/stack.ts";
import { makeExampleProject } from "./example-project.ts";

let project: TestProject;
const stacks: TestStack[] = [];
beforeAll(async () => {
  project = withCommandPlugin(await makeExampleProject());
});
afterAll(async () => {
  for (const stack of stacks) await stack.remove();
  removeProject(project);
});

const repository = devstackDouble();
const oneSubnode: TestConfig = { nodes: { lab: { subnodes: 1 } } };

function makeStack(name?: string, more: TestConfig = {}): TestStack {
  const stack = new TestStack(project, { ...oneSubnode, ...more }, name);
  stacks.push(stack);
  return stack;
}

function example(stack: TestStack, name: string, ...args: readonly string[]) {
  return stack.run(join("examples", `${name}.sh`), args);
}

async function knownStacks(stack: TestStack): Promise<readonly string[]> {
  const { stdout } = await stack.run("pulumi", ["stack", "ls", "--json"]);
  return (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name);
}

describe("pipeline.sh", () => {
  it("gives the command the environment, keeps the report, and removes everything", async () => {
    const stack = makeStack();
    const logs = join(project.folder, "logs");
    const uses = [
      `set -e; test "$MULTINODE_STACK" = ${stack.name}`,
      'ssh -F "$MULTINODE_SSH_CONFIG" subnode-1 hostname',
      'cp "$MULTINODE_INVENTORY" inventory-of-the-test',
      'echo "nodes $MULTINODE_NODES"',
    ];
    const result = await stack.run("env", [
      `MULTINODE_LOGS=${logs}`,
      "examples/pipeline.sh",
      stack.name,
      "bash",
      "-c",
      uses.join("\n"),
    ]);
    expect(result.code, result.all).toBe(0);
    expect(result.stdout).toContain(`${stack.name}-subnode-1`);
    expect(result.stdout).toMatch(/^nodes \[[^\]]*"subnode-1"/m);
    const inventory = parse(readFileSync(join(project.folder, "inventory-of-the-test"), "utf8"));
    expect(Object.keys(inventory.all.children)).toEqual(["primary", "subnodes"]);
    expect(JSON.stringify(JSON.parse(readFileSync(join(logs, "verification.json"), "utf8")))).toContain("overlay");
    expect(stack.labs()).toEqual([]);
  });

  it.each([
    ["stack.sh failed on a node", "True", 1, "nova-compute did not start; the password was (secret)\n"],
    ["the tests failed", "False", 3, "+ openstack --os-password (secret) token issue\n"],
  ])("keeps devstack's logs of every node, as %s", async (_what, fails, code, line) => {
    const run = { stack: true, repository };
    const devstack = { localrc: { subnode: { FAIL: fails } }, run };
    const stack = makeStack(undefined, { devstack, verify: "none" });
    const logs = `logs-${stack.name}`;
    const result = await stack.run("env", [
      `MULTINODE_LOGS=${logs}`,
      "examples/pipeline.sh",
      stack.name,
      "sh",
      "-c",
      "exit 3",
    ]);
    expect(result.code, result.all).toBe(code);
    const log = (node: string) => readFileSync(join(project.folder, logs, node, "stack.log"), "utf8");
    expect(log("subnode-1")).toContain(line);
    expect(log("primary")).toContain("stack.sh completed\n");
    expect(stack.labs()).toEqual([]);
  });

  it("says how it is used", async () => {
    const result = await example(makeStack(), "pipeline", "gate");
    expect([result.code, result.stderr]).toEqual([64, "usage: examples/pipeline.sh <stack> <command> [arguments]"]);
  });
});

describe("build.sh", () => {
  it("gives a build its own stack, passes the command's exit code on, and leaves nothing", async () => {
    const base = makeStack();
    const id = randomBytes(3).toString("hex");
    const build = `build-${id}`;
    const command = ["bash", "-c", "pulumi stack ls; exit 3"];
    const result = await base.run("env", [`UNDERLAY=${base.underlay}`, "examples/build.sh", id, base.name, ...command]);
    expect(result.code, result.all).toBe(3);
    expect(result.stdout).toContain(build);
    expect(await knownStacks(base)).not.toContain(build);
    expect(existsSync(join(project.folder, `Pulumi.${build}.yaml`))).toBe(false);
    expect(existsSync(join(project.folder, ".multinode", build))).toBe(false);
  });
});

describe("a build that nobody removed", () => {
  it("is reviewed before it changes, and swept when it is old", async () => {
    const stack = makeStack(`build-${randomBytes(3).toString("hex")}`);
    await stack.init();
    await stack.up();

    const unchanged = await example(stack, "review", stack.name);
    expect([unchanged.code, unchanged.stdout]).toEqual([0, `### Stack \`${stack.name}\`: nothing would change`]);

    stack.configure({ nodes: { lab: { subnodes: 2 } } });
    const changed = await example(stack, "review", stack.name);
    expect(changed.code, changed.all).toBe(7);
    expect(changed.stdout).toMatch(/^\+ .*subnode-2/m);
    expect(changed.stdout.trimEnd().split("\n").at(-1)).toBe("```");

    stack.configure({ flavor: "neutron-dvrr" });
    const wrong = await example(stack, "review", stack.name);
    expect([0, 7]).not.toContain(wrong.code);
    expect(wrong.stderr).toContain("neutron-dvr");
    expect(wrong.stdout).toBe("");

    const young = await example(stack, "sweep", "1");
    expect(young.code, young.all).toBe(0);
    expect(stack.labs()).toHaveLength(1);

    const old = await example(stack, "sweep", "0");
    expect(old.code, old.all).toBe(0);
    expect(stack.labs()).toEqual([]);
    expect(await knownStacks(stack)).not.toContain(stack.name);
  });
});

describe("a build on existing hosts that nobody removed", () => {
  const lab = labNodes({ subnodes: 2, openVswitch: true });

  it("is swept by a controller that has nothing but its state, also where one of its hosts is gone", async () => {
    const [primary, kept, taken] = lab().nodes;
    if (primary === undefined || kept === undefined || taken === undefined) throw new Error("expected three nodes");
    const hosts = lab().nodes.map(({ address }) => ({ address }));
    const stack = makeStack(`build-${randomBytes(3).toString("hex")}`, {
      nodes: { backend: "inventory", inventory: { hosts } },
      verify: "none",
    });
    await stack.init();
    const key = readFileSync(keyFile(primary), "utf8");
    await stack.setSecret("devstack-multinode:nodes.inventory.privateKey", key);
    await stack.up();
    const bridges = async (node: NodeHandle) => await on(node, "ovs-vsctl list-br");
    expect(await bridges(kept)).toContain("br-ex");

    await removeNode(lab().lab, taken.name, 2, taken.incarnation);
    rmSync(join(project.folder, `Pulumi.${stack.name}.yaml`));
    rmSync(stack.generated, { recursive: true });
    const without = await stack.tool("destroy", stack.name);
    expect(without.code, "a host that is gone is given up by nobody but who says so").not.toBe(0);
    expect(without.all).toMatch(/expected {2}hosts to remove it from; subnode-2 keeps /);
    expect(without.all).toContain(`npm run destroy -- ${stack.name} --abandon-gone`);

    const swept = await example(stack, "sweep", "0");
    expect(swept.code, swept.all).toBe(0);
    expect(swept.all).toContain(
      `${stack.name}: gives subnode-2 up, with all that is on it: no SSH connection to root@`,
    );
    expect(await bridges(primary)).not.toContain("br-ex");
    expect(await bridges(kept)).not.toContain("br-ex");
    expect(await knownStacks(stack)).not.toContain(stack.name);
    expect(existsSync(join(project.folder, `Pulumi.${stack.name}.yaml`))).toBe(false);
  });
});
