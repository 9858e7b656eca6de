/** Runs of devstack on real nodes, with a stand-in for devstack: order, failure, stacking again, and the way back. */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changeLines } from "../support/changes.ts";
import { withCommandPlugin } from "../support/command-plugin.ts";
import { devstackDouble } from "../support/devstack-double.ts";
import { makeProject, removeProject, type TestProject } from "../support/project.ts";
import { type TestConfig, testStack } from "../support/stack.ts";
import { until } from "../support/until.ts";

const NODES = ["primary", "subnode-1", "subnode-2"] as const;
type Node = (typeof NODES)[number];

/** A secret that stack.sh prints to its log. */
const PASSWORD = "of-the-administrator-5193";

describe("devstack on three nodes", () => {
  const repository = devstackDouble();
  let project: TestProject | undefined;
  beforeAll(async () => {
    project = withCommandPlugin(await makeProject());
  });
  afterAll(() => {
    if (project !== undefined) removeProject(project);
  });
  const config = (stack: boolean): TestConfig => ({
    nodes: { lab: { subnodes: 2 } },
    devstack: {
      localrc: { all: { ENABLE_TLS: "True" }, subnode: { TOGETHER: "2" } },
      run: { stack, repository },
    },
    verify: "none",
  });
  const stack = testStack(config(false), () => {
    if (project === undefined) throw new Error("the project is made before the stack");
    return project;
  });

  /** What happened on a node: times in nanoseconds, and words. */
  const eventsOf = async (node: Node) => {
    const text = await stack().on(node, "cat /opt/stack/double/events 2>/dev/null || true");
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => ({ time: BigInt(line.split(" ")[0] ?? ""), what: line.split(" ").slice(1).join(" ") }));
  };
  const wordsOf = async (node: Node) => (await eventsOf(node)).map(({ what }) => what);
  const timeOf = async (node: Node, wanted: string) =>
    (await eventsOf(node)).find(({ what }) => what === wanted)?.time ?? 0n;

  it("has no logs before it ran: there are none to collect, and nobody can follow them", async () => {
    const { code, stdout, stderr } = await stack().tool("logs", stack().name);
    expect([code, stdout], stderr).toEqual([0, ""]);
    expect(stderr).toContain("no run of devstack is recorded");
    expect((await stack().tool("logs", stack().name, "--follow")).code).toBe(1);
  });

  it("fails with node, phase and the log's end where one subnode fails, and loses no other", async () => {
    const environment = stack();
    await environment.setSecret("devstack.secrets.ADMIN_PASSWORD", PASSWORD);
    await environment.up();
    await environment.on("subnode-2", "install -d -o stack /opt/stack/double && touch /opt/stack/double/fail");
    environment.configure(config(true));
    await environment.setSecret("devstack.secrets.ADMIN_PASSWORD", PASSWORD);

    const { code, all } = await environment.pulumi("up", "--yes", "--skip-preview");
    expect(code, all).not.toBe(0);
    expect(all).toContain('stack failed on subnode-2 in phase "Starting Nova"');
    expect(all).toContain("nova-compute did not start; the password was (secret)");
    expect(all).toMatch(/\d s {2}Installing package prerequisites/);
    expect(await wordsOf("subnode-1")).toEqual(["stack begins", "stack ends"]);
    expect(await wordsOf("primary")).toEqual(["stack begins", "stack ends"]);
    expect(all).not.toContain(PASSWORD);

    // The failure has collected the log by itself, and says where it is.
    const path = join(environment.generated, "logs", "subnode-2", "stack.log");
    expect(all).toMatch(new RegExp(`subnode-2: run stack\\.sh: it failed; collected .*${path}`));
    const log = readFileSync(path, "utf8");
    expect(log).toContain("+ openstack --os-password (secret) token issue");
    expect(log).not.toContain(PASSWORD);
    expect(readdirSync(join(environment.generated, "logs"))).toEqual(["subnode-2"]);
  });

  it("fails so again as long as the cause is there, and npm start collects the logs of all", async () => {
    const environment = stack();
    rmSync(join(environment.generated, "logs"), { recursive: true });
    const { code, all } = await environment.tool("start", environment.name);
    expect(code, all).not.toBe(0);
    // Red when the attempt before is taken for this one.
    expect(await wordsOf("subnode-2")).toEqual(["stack begins", "unstack with the bridge", "stack begins"]);
    expect(all).toMatch(/subnode-2: run stack\.sh: it failed; collected /);
    expect(await wordsOf("subnode-1")).toEqual(["stack begins", "stack ends"]);
    expect(readdirSync(join(environment.generated, "logs")).sort()).toEqual([...NODES]);
  });

  it("is refused, before anything is done, where the SSH agent that the plugin will ask is not there", async () => {
    const preview = ["pulumi", "preview", "--stack", stack().name];
    const { code, all } = await stack().run("env", ["SSH_AUTH_SOCK=/nowhere/agent", ...preview]);
    expect(code, all).not.toBe(0);
    expect(all).toMatch(/SSH_AUTH_SOCK names an SSH agent that is not there.*given {5}\/nowhere\/agent\n/s);
    expect(all).not.toMatch(/^\s+at .*\.ts:\d+/m);
  });

  it("goes on with that node only, and discovers the computes when all are there", async () => {
    const environment = stack();
    await environment.on("subnode-2", "rm /opt/stack/double/fail");
    expect(changeLines(await environment.preview())).toEqual([
      "create devstack-logs-subnodes",
      "create discover-primary",
      "create stack-subnode-2",
    ]);
    await environment.up();
    expect(await wordsOf("primary")).toEqual(["stack begins", "stack ends", "discover"]);
    expect(await wordsOf("subnode-1")).toEqual(["stack begins", "stack ends"]);
    expect(await wordsOf("subnode-2")).toEqual([
      "stack begins",
      ...["unstack with the bridge", "stack begins"],
      ...["unstack with the bridge", "stack begins"],
      "stack ends",
    ]);
    expect(await environment.on("primary", "cat /opt/stack/tempest/etc/tempest.conf")).toContain(
      "min_compute_nodes = 3",
    );
  });

  it("stacked the primary first and the subnodes side by side, with the primary's certificates", async () => {
    const primaryEnds = await timeOf("primary", "stack ends");
    const begins = await Promise.all([timeOf("subnode-1", "stack begins"), timeOf("subnode-2", "stack begins")]);
    for (const begin of begins) expect(begin).toBeGreaterThan(primaryEnds);
    // Each waits inside its stack.sh until the other has begun.
    expect(begins[1]).toBeLessThan(await timeOf("subnode-1", "stack ends"));
    const [at, ...copies] = await Promise.all(
      NODES.map((node) => stack().on(node, "cat /opt/stack/data/CA/int-ca/ca-chain.pem /opt/stack/data/ca-bundle.pem")),
    );
    expect(copies).toEqual([at, at]);
    // Guests' disks and services' files lie there too: others than devstack's user go through.
    expect(await stack().on("subnode-1", "stat -c %a /opt/stack/data /opt/stack/data/CA")).toBe("755\n755");
  });

  it("is read in its logs, collected or followed", async () => {
    const environment = stack();
    const { code, all, stdout } = await environment.tool("logs", environment.name);
    expect(code, all).toBe(0);
    const files = stdout.split("\n");
    for (const node of NODES) expect(files).toContain(join(environment.generated, "logs", node, "stack.log"));

    const { folder, environment: env } = environment.project;
    const args = [join(folder, "tools", "logs.ts"), environment.name, "--follow"];
    const child = execa(process.execPath, args, { cwd: folder, env, extendEnv: false, reject: false });
    let seen = "";
    child.stdout.on("data", (text) => {
      seen += text;
    });
    try {
      const wanted = NODES.map((node) => `${node}: stack.sh completed`);
      await until("the last line of every node", 60, () => wanted.every((line) => seen.includes(line)));
    } finally {
      child.kill();
      await child;
    }
    // Red when whoever followed leaves something running on the nodes.
    await until("the nodes' ends to go too", 30, async () => {
      const { stdout: left } = await environment.attempt("primary", "pgrep -f '^tail.*stack.log' || true");
      return left === "";
    });
  });

  it("has nothing to do the second time, and keeps no secret in its state", async () => {
    const environment = stack();
    expect(await environment.preview("--refresh")).toEqual([]);
    await environment.up("--expect-no-changes");
    const { text } = await environment.state();
    expect(text).not.toContain(PASSWORD);
    expect(text).not.toContain("PRIVATE KEY");
  });

  it("would stack again the nodes whose role's localrc is changed, and says so", async () => {
    const environment = stack();
    const changed = config(true);
    environment.configure({
      ...changed,
      devstack: {
        ...changed.devstack,
        localrc: { all: { ENABLE_TLS: "True" }, subnode: { TOGETHER: "2", MARKER: "m" } },
      },
    });
    await environment.setSecret("devstack.secrets.ADMIN_PASSWORD", PASSWORD);
    const changes = changeLines(await environment.preview()).filter((line) => line.includes(" stack-"));
    expect(changes).toEqual(["update stack-subnode-1", "update stack-subnode-2"]);
    environment.configure(changed);
    await environment.setSecret("devstack.secrets.ADMIN_PASSWORD", PASSWORD);
  });

  it("stacks again the one node whose local.conf was changed, and says so before", async () => {
    const environment = stack();
    await environment.on("subnode-1", "sed -i 's/^HOST_IP=.*/HOST_IP=192.0.2.1/' /opt/stack/devstack/local.conf");
    const changes = changeLines(await environment.preview("--refresh"));
    expect(changes).toContain("update stack-subnode-1");
    expect(changes).toContain("update devstack-logs-subnodes");
    expect(changes.filter((line) => /stack-(primary|subnode-2)$/.test(line))).toEqual([]);
    const counts = { primary: 1, "subnode-1": 1, "subnode-2": 3 };
    await environment.up("--refresh");
    for (const node of NODES) {
      const begun = (await wordsOf(node)).filter((what) => what === "stack begins");
      expect(begun, node).toHaveLength(counts[node] + (node === "subnode-1" ? 1 : 0));
    }
    expect((await wordsOf("subnode-1")).slice(-3)).toEqual(["unstack with the bridge", "stack begins", "stack ends"]);
  });

  it("is undone before anything else goes, when the run is taken out of the configuration", async () => {
    const environment = stack();
    environment.configure(config(false));
    await environment.setSecret("devstack.secrets.ADMIN_PASSWORD", PASSWORD);
    await environment.up();
    for (const node of NODES) {
      expect((await wordsOf(node)).at(-1), node).toBe("unstack with the bridge");
      const left =
        "ls /opt/stack/devstack; ls -d /var/lib/devstack-multinode/*/devstack ~/.devstack-multinode* 2>/dev/null";
      expect((await environment.attempt(node, left)).stdout, node).toBe("local.conf");
    }
  });
  it("is undone before its nodes go, on destroy", async () => {
    const environment = stack();
    environment.configure(config(true));
    await environment.setSecret("devstack.secrets.ADMIN_PASSWORD", PASSWORD);
    await environment.up();
    const { stdout } = await environment.destroy();
    const lines = stdout.split("\n");
    const last = lines.findLastIndex((line) => /devstack:Run devstack-\S+ deleted/.test(line));
    const others = lines.findIndex((line) => /(Bridge|LocalConf|HostPreparation|LabNode)\b.* delet/.test(line));
    expect(last, stdout).toBeGreaterThan(0);
    expect(others, stdout).toBeGreaterThan(last);
  });
});
