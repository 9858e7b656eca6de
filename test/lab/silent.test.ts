/** A node that is alive but stops answering: told in time, ended by the line of the message, and made anew. */
import { beforeAll, describe, expect, it } from "vitest";
import { type RunResult, type TestStack, testStack } from "../support/stack.ts";

/** Seconds within which a run has to give up on a silent node. */
const PATIENCE_SECONDS = 30;

/** The command that ends a node, in an error. */
const ENDING = /(?<=write {5})kill -9 \d+/g;

// Each test goes on from what the one before left: none is tried a second time.
describe("a node that stops answering", { retry: 0 }, () => {
  const stack = testStack();
  let resources = 0;

  beforeAll(async () => {
    await stack().up();
    resources = (await stack().state()).resources.length;
    await silence(stack(), "subnode-1");
  });

  it("fails `up --refresh` in time, with node and step in one message, and leaves the state whole", async () => {
    const environment = stack();
    const up = await environment.pulumi("up", "--yes", "--skip-preview", "--refresh");
    expect(up.code).not.toBe(0);
    expect(up.seconds).toBeLessThan(PATIENCE_SECONDS);
    const errors = new Set([...up.all.matchAll(/^ +error: (subnode-1: .+)$/gm)].map(([, line]) => line));
    // Red when every resource on the node explains the same silence again, or none does.
    const full = [...errors].filter((line) => /: read .+: no (answer from|SSH connection to) /.test(line ?? ""));
    expect(full, up.all).toHaveLength(1);
    const rest = [...errors].filter((line) => !full.includes(line));
    expect(rest.length, up.all).toBeGreaterThan(0);
    for (const line of rest) expect(line).toMatch(/: not tried, as .+\(read .+\)$/);
    // Red when every failure says what to do, or none does.
    expect(up.all.match(/^ {4}error: .+\n +write {5}kill -9 \d+ /gm), up.all).toHaveLength(1);
    expect(up.all).not.toMatch(/^\s+at .*[\w/]+\.[tj]s:\d+/m);
    const state = await environment.state();
    expect(state.resources).toHaveLength(resources);
    expect(state.pending).toEqual([]);
  });

  it("fails an `up` with work on it in the same way", async () => {
    const environment = stack();
    environment.configure({ devstack: { localrc: { subnode: { VERBOSE: "changed" } } } });
    const up = await environment.pulumi("up", "--yes", "--skip-preview");
    expect(up.code).not.toBe(0);
    expect(up.seconds).toBeLessThan(PATIENCE_SECONDS);
    expect(up.all).toContain("subnode-1: write /opt/stack/devstack/local.conf: no ");
    expect((await environment.state()).resources).toHaveLength(resources);
  });

  it("fails a verification in time, which names it and proves the others", async () => {
    const environment = stack();
    const { code, all, stdout, seconds } = await environment.tool("verify", environment.name, "--json");
    expect(code, all).toBe(1);
    expect(seconds).toBeLessThan(PATIENCE_SECONDS);
    const { failed, causes } = JSON.parse(stdout) as { failed: { from: string; to: string }[]; causes: string[] };
    expect(failed.filter(({ from, to }) => ![from, to].some((end) => end.startsWith("subnode-1")))).toEqual([]);
    expect(causes.join("\n")).toMatch(/subnode-1: the node cannot be reached: /);
  });

  it("is made anew by `npm start`, once it is ended by the line that the message names", async () => {
    const environment = stack();
    const failed = await environment.pulumi("up", "--yes", "--skip-preview");
    await endAsTold(environment, failed);
    const start = await environment.tool("start", environment.name);
    expect(start.code, start.all).toBe(0);
    await environment.on("subnode-1", "ping -c 1 -w 3 172.24.4.3");
    expect(await environment.preview("--refresh")).toEqual([]);
  });

  it("can be taken out of the stack, once it is ended in the same way", async () => {
    const environment = stack();
    await silence(environment, "subnode-1");
    environment.configure({ nodes: { lab: { subnodes: [2] } } });
    const failed = await environment.pulumi("up", "--yes", "--skip-preview");
    expect(failed.code).not.toBe(0);
    expect(failed.seconds).toBeLessThan(PATIENCE_SECONDS);
    await endAsTold(environment, failed);
    await environment.up();
    await environment.on("primary", "ping -c 1 -w 3 172.24.4.3");
    expect(await environment.preview("--refresh")).toEqual([]);
  });

  it("is told in time also when it is the primary, and does not stop a destroy", async () => {
    const environment = stack();
    await silence(environment, "primary");
    const up = await environment.pulumi("up", "--yes", "--skip-preview", "--refresh");
    expect(up.code).not.toBe(0);
    expect(up.seconds).toBeLessThan(PATIENCE_SECONDS);
    expect(up.all).toMatch(/^ +error: primary: read .+: no (answer from|SSH connection to) /m);
    await environment.destroy();
    expect(environment.labs()).toEqual([]);
    expect((await environment.state()).resources).toEqual([]);
  });
});

describe("a node whose Open vSwitch hangs while SSH answers", { retry: 0 }, () => {
  const stack = testStack({ nodes: { lab: { subnodes: 1 } } });

  it("fails an `up` with work on it in time, with node and step, and the next one goes on from there", async () => {
    const environment = stack();
    await environment.up();
    // The other daemon is what carries a lab node's own network: without it the node is silent altogether.
    await signal(environment, "subnode-1", "ovsdb-server", "SIGSTOP");
    environment.configure({ nodes: { lab: { subnodes: 1 } }, overlay: { mtu: 1400 } });
    const up = await environment.pulumi("up", "--yes", "--skip-preview");
    expect(up.code).not.toBe(0);
    expect(up.seconds).toBeLessThan(PATIENCE_SECONDS);
    expect(up.all).toMatch(/^ +error: subnode-1: make bridge br-ex: .+$/m);

    await signal(environment, "subnode-1", "ovsdb-server", "SIGCONT");
    await environment.up();
    expect(await environment.on("subnode-1", "cat /sys/class/net/br-ex/mtu")).toBe("1400");
    expect(await environment.preview("--refresh")).toEqual([]);
  });
});

/** Does what a failed run says under `write`, as far as the shell does it. */
async function endAsTold(environment: TestStack, { all }: RunResult): Promise<void> {
  const [told] = all.match(ENDING) ?? [`exit 1 # no line in ${all}`];
  const ended = await environment.run("sh", ["-c", told]);
  expect(ended.code, `${told}\n${ended.all}`).toBe(0);
}

/** Stops the node's SSH server with all its sessions, as a hanging machine would: connections open, nothing answers. */
async function silence(environment: TestStack, node: string): Promise<void> {
  await signal(environment, node, "sshd", "SIGSTOP");
}

/** Sends a signal to the processes of a node whose program's name begins so. */
async function signal(environment: TestStack, node: string, program: string, which: NodeJS.Signals): Promise<void> {
  const [lab] = environment.labs();
  const namespace = `multinode-${environment.name}-${lab?.id}-${node}`;
  const { stdout } = await environment.run("ip", ["netns", "pids", namespace]);
  for (const pid of stdout.trim().split("\n")) {
    const { stdout: name } = await environment.run("cat", [`/proc/${pid}/comm`]);
    if (name.startsWith(program)) process.kill(Number(pid), which);
  }
}
