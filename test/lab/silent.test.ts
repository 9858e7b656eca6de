/** A node that is alive but stops answering. */
import { beforeAll, describe, expect, it } from "vitest";
import { type TestStack, testStack } from "../support/stack.ts";

/** Seconds within which a run has to give up on a silent node. */
const PATIENCE_SECONDS = 30;

describe("a node that stops answering", () => {
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

  it("does not stop a destroy", async () => {
    const environment = stack();
    await environment.destroy();
    expect(environment.labs()).toEqual([]);
    expect((await environment.state()).resources).toEqual([]);
  });
});

/** Stops the node's SSH server with all its sessions, as a hanging machine would: connections open, nothing answers. */
async function silence(environment: TestStack, node: string): Promise<void> {
  const [lab] = environment.labs();
  const namespace = `multinode-${environment.name}-${lab?.id}-${node}`;
  const { stdout } = await environment.run("ip", ["netns", "pids", namespace]);
  for (const pid of stdout.trim().split("\n")) {
    const { stdout: name } = await environment.run("cat", [`/proc/${pid}/comm`]);
    if (name.startsWith("sshd")) process.kill(Number(pid), "SIGSTOP");
  }
}
