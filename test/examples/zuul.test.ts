import { randomBytes } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parseSettings, type RawConfig } from "../../model/schema/index.ts";
import type { NodeHandle } from "../../providers/remote/node-handle.ts";
import { ensureAnsible } from "../../tools/ansible/install.ts";
import { projectFolder } from "../../tools/support/project.ts";
import { withCommandPlugin } from "../support/command-plugin.ts";
import { devstackDouble } from "../support/devstack-double.ts";
import { type Agent, addSudoer, keyFile, startAgent, zuulInventory } from "../support/existing-hosts.ts";
import { labNodes, on } from "../support/lab-nodes.ts";
import { hostSnapshots } from "../support/node-snapshot.ts";
import { removeProject, type TestProject } from "../support/project.ts";
import { TestStack } from "../support/stack.ts";
import { makeExampleProject } from "./example-project.ts";

/** Milliseconds for a machine that has no Ansible yet. */
const SET_UP_TIMEOUT_MS = 400_000;

/** The user that Zuul's nodes let in. */
const LOGIN = "zuul";

/** Seconds that Zuul gives a job at most, unless its tenant says otherwise (`max-job-timeout` in Zuul's reference). */
const MAX_JOB_TIMEOUT = 10_800;

/** What Zuul's reference lists of a job and a nodeset, as far as the example may use it. */
const jobKeys = ["name", "description", "parent", "nodeset", "run", "post-run", "timeout", "post-timeout", "vars"];
const nodesetKeys = ["name", "nodes", "groups"];

interface NamedNodes {
  readonly name: string;
  readonly nodes: readonly string[];
}
interface Nodeset {
  readonly name: string;
  readonly nodes: readonly { readonly name: string; readonly label: string }[];
  readonly groups: readonly NamedNodes[];
}
type Entry = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const text = readFileSync(join(projectFolder, "examples", "zuul", "zuul.yaml"), "utf8");
const entries = parse(text) as readonly Entry[];
const nodeset = entries.flatMap((entry) => entry.nodeset ?? [])[0] as unknown as Nodeset;
const job = (entries.find((entry) => entry.job !== undefined)?.job ?? {}) as Readonly<Record<string, unknown>>;

describe("the Zuul job", () => {
  it("is a list of one nodeset and one job, with keys that Zuul knows", () => {
    expect(entries.map((entry) => Object.keys(entry))).toEqual([["nodeset"], ["job"]]);
    expect(Object.keys(job).filter((key) => !jobKeys.includes(key))).toEqual([]);
    expect(Object.keys(nodeset).filter((key) => !nodesetKeys.includes(key))).toEqual([]);
  });

  it("names its nodeset, and playbooks that are there", () => {
    expect(job.nodeset).toBe(nodeset.name);
    for (const key of ["run", "post-run"]) expect(existsSync(join(projectFolder, String(job[key]))), key).toBe(true);
    expect([job.timeout, job["post-timeout"]].every((seconds) => Number.isInteger(seconds))).toBe(true);
  });

  it("tells limits for a run of devstack that hold those of its steps, and that Zuul allows", () => {
    const [, timeout, postTimeout] = /To stack the nodes, too: timeout: (\d+), post-timeout: (\d+)/.exec(text) ?? [];
    const [, written = ""] = /^ +# (devstack: \{.*)$/m.exec(text) ?? [];
    const nodes = { backend: "inventory", inventory: { hosts: [{ address: "192.0.2.1" }] } };
    const raw = { flavor: undefined, nodes, overlay: undefined, verify: undefined };
    const { devstack } = parseSettings("job", { ...raw, ...(parse(written) as Pick<RawConfig, "devstack">) });
    const { checkout, stack, certificates, discover, unstack } = devstack.run.seconds;
    expect(Number(timeout)).toBeGreaterThan(checkout + 2 * stack + certificates + discover);
    expect(Number(timeout)).toBeLessThanOrEqual(MAX_JOB_TIMEOUT);
    expect(Number(postTimeout)).toBeGreaterThan(unstack);
  });

  it("has each node once and with a label, and groups of nodes that are there", () => {
    const names = nodeset.nodes.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(nodeset.nodes.every(({ label }) => typeof label === "string")).toBe(true);
    const members = nodeset.groups.flatMap(({ nodes }) => nodes);
    expect(members.toSorted()).toEqual(names.toSorted());
    expect(nodeset.groups.map(({ name }) => name)).toEqual(["primary", "subnodes"]);
  });
});

describe("the job on its nodeset", () => {
  const lab = labNodes({ subnodes: 2, openVswitch: true });
  const repository = devstackDouble();
  let project: TestProject;
  let agent: Agent;
  let stack: TestStack;
  let programs: string;
  let logs: string;
  let inventory: string;
  let untouched: Record<string, string>;

  beforeAll(async () => {
    programs = await ensureAnsible("core");
    const { nodes } = lab();
    expect(nodes.map(({ name }) => name)).toEqual(nodeset.nodes.map(({ name }) => name));
    await Promise.all(nodes.map((node) => addSudoer(node, LOGIN)));
    untouched = await hostSnapshots(nodes);
    const made = withCommandPlugin(await makeExampleProject());
    // As on an executor: the key to the nodes is in its agent, and in no file of the job.
    agent = await startAgent(join(made.temporary, "agent"), keyFile(primaryOf(nodes)));
    project = { ...made, environment: { ...made.environment, SSH_AUTH_SOCK: agent.socket } };
    const build = randomBytes(16).toString("hex");
    stack = new TestStack(project, {}, `build-${build}`);
    logs = join(project.folder, "logs");
    mkdirSync(logs);
    inventory = join(project.folder, "zuul-inventory.yaml");
    const executor = { work_root: project.folder, log_root: logs, inventory_file: inventory };
    const zuul = { build, project: { src_dir: "." }, executor };
    const groups = Object.fromEntries(nodeset.groups.map(({ name, nodes: members }) => [name, members]));
    const { multinode_config: config } = job.vars as { multinode_config: object };
    const vars = { zuul, multinode_config: { ...config, devstack: { run: { stack: true, repository } } } };
    zuulInventory(inventory, nodes, LOGIN, { groups, vars });
  }, SET_UP_TIMEOUT_MS);
  afterAll(() => {
    agent?.end();
    if (project !== undefined) removeProject(project);
  });

  const play = (name: string) =>
    stack.run("env", [
      "LC_ALL=C.UTF-8",
      `ANSIBLE_HOME=${join(project.folder, "ansible")}`,
      // No connection outlives the test.
      "ANSIBLE_SSH_ARGS=-o ControlMaster=no",
      join(programs, "ansible-playbook"),
      "-i",
      inventory,
      join("examples", "zuul", "playbooks", `${name}.yaml`),
    ]);

  it("builds on the nodes that Zuul hands over, runs devstack, and tests", async () => {
    const run = await play("run");
    expect(run.code, run.all).toBe(0);
    expect(run.stdout).toMatch(/multinode-primary +: ok=2 /);
    for (const name of ["subnode-1", "subnode-2"]) expect(run.stdout).toMatch(new RegExp(`multinode-${name} +: ok=1 `));
  });

  it("keeps report and logs, and gives the nodes back as they were", async () => {
    const { nodes } = lab();
    const post = await play("post");
    expect(post.code, post.all).toBe(0);
    const { failed } = JSON.parse(readFileSync(join(logs, "verification.json"), "utf8"));
    expect(failed).toEqual([]);
    for (const { name } of nodes) {
      expect(readFileSync(join(logs, name, "stack.log"), "utf8")).toContain("stack.sh completed\n");
    }
    expect(await hostSnapshots(nodes)).toEqual(untouched);
    const ours = await Promise.all(nodes.map((node) => on(node, "find /home /var/lib -name '*devstack-multinode-*'")));
    expect(ours.join("")).toBe("");
  });

  it("removes nothing where the run ended before it made something", async () => {
    const file = join(project.folder, `Pulumi.${stack.name}.yaml`);
    rmSync(file);
    const post = await play("post");
    expect(post.code, post.all).toBe(0);
    expect(post.stdout).toMatch(/changed=0/);
  });

  it("is held, looked at and given back from another controller, by the commands of docs/gate.md", async () => {
    const { nodes } = lab();
    const name = `t${randomBytes(3).toString("hex")}`;
    const hosts = nodes.map(({ address }) => ({ address }));
    const config = { nodes: { backend: "inventory", inventory: { hosts, user: LOGIN } } } as const;
    const controllers = await Promise.all([makeExampleProject(), makeExampleProject()]);
    try {
      const [built, held] = controllers.map(({ environment, ...about }) => {
        const { PULUMI_BACKEND_URL = "" } = controllers[0].environment;
        // The configuration holds the key, so that another controller has it.
        const shared = { PULUMI_BACKEND_URL, SSH_AUTH_SOCK: "" };
        return new TestStack({ ...about, environment: { ...environment, ...shared } }, config, name);
      });
      if (built === undefined || held === undefined) throw new Error("expected two controllers");
      await built.init();
      const key = readFileSync(keyFile(primaryOf(nodes)), "utf8");
      await built.setSecret("devstack-multinode:nodes.inventory.privateKey", key);
      await built.up();
      const file = `Pulumi.${name}.yaml`;
      copyFileSync(join(built.project.folder, file), join(held.project.folder, file));
      rmSync(built.generated, { recursive: true });
      await expectRecipe(held, nodes, heldNodesCommands(name));
      expect(await hostSnapshots(nodes)).toEqual(untouched);
      expect([built, held].map(({ generated }) => existsSync(generated))).toEqual([false, false]);
    } finally {
      for (const controller of controllers) removeProject(controller);
    }
  });
});

function primaryOf([primary]: readonly NodeHandle[]): NodeHandle {
  if (primary === undefined) throw new Error("expected a primary");
  return primary;
}

/** Goes by the recipe for held nodes, with somebody who changes things by hand in between. */
async function expectRecipe(
  stack: TestStack,
  nodes: readonly NodeHandle[],
  commands: readonly string[],
): Promise<void> {
  const [start = "", refresh = "", destroy = ""] = commands;
  const [, subnode] = nodes;
  if (subnode === undefined) throw new Error("expected a subnode");
  const run = async (command: string): Promise<string> => {
    const result = await stack.run("bash", ["-c", command]);
    expect(result.code, `${command}\n${result.all}`).toBe(0);
    return result.stdout;
  };
  const ports = async () => (await on(subnode, "ovs-vsctl list-ports br-ex")).trim();
  const breakByHand = async () => await on(subnode, `ovs-vsctl del-port br-ex ${await ports()}; echo look >/etc/held`);

  await breakByHand();
  expect(await run(start)).toMatch(/^verified: /m);
  expect(await ports()).toMatch(/^br-ex_/);

  await breakByHand();
  // Red when a refresh repairs, or does not see it.
  expect(await run(refresh)).toMatch(/^ [~-] .*subnode-1/m);
  expect(await ports()).toBe("");

  await run(destroy);
  expect(await on(subnode, "cat /etc/held && rm /etc/held")).toBe("look\n");
}

/** The commands of the recipe for held nodes, for a stack. */
function heldNodesCommands(stack: string): readonly string[] {
  const text = readFileSync(join(projectFolder, "docs", "gate.md"), "utf8");
  const [, block = ""] = /^## Held nodes\n[^#]*?^```sh\n(.*?)^```/ms.exec(text) ?? [];
  return block
    .trim()
    .split("\n")
    .map((line) => line.replace(/ +#.*/, "").replaceAll("build-1", stack));
}
