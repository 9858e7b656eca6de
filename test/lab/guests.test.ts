/** The proof by probe guests on real nodes: every flavor passes, nothing stays, and a killed check is cleaned up after. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import type { FlavorName } from "../../model/flavors/index.ts";
import { probeLink } from "../../model/guests/names.ts";
import { nodeSnapshots } from "../support/node-snapshot.ts";
import { type TestConfig, type TestStack, testStack } from "../support/stack.ts";
import { until } from "../support/until.ts";

const nodes = ["primary", "subnode-1", "subnode-2"] as const;

/** Kinds of checks that every flavor's guests have to pass. */
const ALWAYS = ["underlay", "mtu", "guest-ping", "guest-tcp", "guest-ssh", "transfer", "isolation"];

/** Seconds until a started check has to have put guests up. */
const SET_UP_SECONDS = 30;

interface Report {
  readonly checks: number;
  readonly failed: readonly unknown[];
  readonly note?: string;
  readonly results: readonly {
    readonly kind: string;
    readonly from: string;
    readonly to: string;
    /** Null where a number was none. */
    readonly milliseconds?: number | null;
  }[];
}

function reportOf(stack: TestStack): Report {
  return JSON.parse(readFileSync(join(stack.generated, "verification.json"), "utf8")) as Report;
}

/** A flavor, its overlay settings, and the kinds of checks that it has beside those of every flavor. */
const cases: readonly (readonly [FlavorName, TestConfig["overlay"], readonly string[]])[] = [
  ["neutron-dvr", {}, ["overlay"]],
  ["neutron-dvr", { layout: "patched" }, ["overlay"]],
  ["neutron-dvr-ha", {}, ["overlay"]],
  ["neutron-ovn", { layout: "direct" }, ["overlay"]],
  ["neutron-ovn", {}, ["overlay"]],
  ["neutron", {}, ["broadcast"]],
  ["neutron", { publicBridge: true }, ["overlay", "broadcast"]],
  ["neutron", { driver: "linux" }, ["broadcast"]],
  ["ironic", {}, ["broadcast"]],
  ["ironic", { publicBridge: true, layout: "patched" }, ["overlay", "broadcast"]],
  ["nova-network", {}, ["overlay", "broadcast"]],
  ["nova-network", { driver: "linux" }, ["overlay", "broadcast"]],
];

describe("guests of one stack after the other", () => {
  const stack = testStack({ verify: "nodes" });

  it.each(cases)("%s %j: all checks hold and nothing stays", async (flavor, overlay, kinds) => {
    const environment = stack();
    environment.configure({ flavor, overlay: overlay ?? {}, verify: "nodes" });
    await environment.up();
    const before = await nodeSnapshots(environment, nodes);

    environment.configure({ flavor, overlay: overlay ?? {}, verify: "guests" });
    await environment.up();

    const report = reportOf(environment);
    expect(report.failed).toEqual([]);
    expect(report.note).toBeUndefined();
    expect(new Set(report.results.map(({ kind }) => kind))).toEqual(new Set([...ALWAYS, ...kinds]));
    const logins = report.results.filter(({ kind }) => kind === "guest-ssh");
    expect(logins.map(({ from, to }) => `${from} ${to}`)).toEqual(
      nodes.flatMap((node) => ["a", "b"].map((letter) => `primary ${node}/${letter}`)),
    );
    expect(logins.every(({ milliseconds }) => (milliseconds ?? 0) > 0)).toBe(true);
    expect(report.results.filter(({ milliseconds }) => typeof milliseconds !== "number")).toEqual([]);
    expect(await nodeSnapshots(environment, nodes)).toEqual(before);
  });
});

describe("a check of a stack in use", () => {
  const stack = testStack({ flavor: "nova-network", overlay: { driver: "linux" }, verify: "guests" });
  const bridges = ["br_pub", "br_flat"];

  it("changes no bridge's MAC address while its guests are plugged in", async () => {
    const environment = stack();
    await environment.up();
    const onAll = (command: string) => Promise.all(nodes.map((node) => environment.on(node, command)));
    const macs = () => onAll(bridges.map((bridge) => `cat /sys/class/net/${bridge}/address`).join("; "));
    const plugged = bridges.map((bridge) => `ls /sys/class/net/${bridge}/brif | grep -c mnp-`).join("; ");
    const before = await macs();

    const check = environment.tool("verify", environment.name);
    await until("guests on all bridges", SET_UP_SECONDS, async () =>
      (await onAll(`${plugged}; true`)).every((counts) => counts.trim() === "1\n1"),
    );
    const meanwhile = await macs();
    const { code, all } = await check;
    expect(code, all).toBe(0);
    expect(meanwhile).toEqual(before);
  });

  it("is one between nodes where a node cannot carry guests, and says why", async () => {
    const environment = stack();
    await environment.on("subnode-1", "mount --bind /dev/null /usr/bin/ssh");
    try {
      const { code, stdout, all } = await environment.tool("verify", environment.name);
      expect(code, all).toBe(0);
      expect(stdout).toContain("checked between nodes only: subnode-1 cannot carry guests: ssh is not installed");
      expect(stdout).not.toContain("guest-ping");
    } finally {
      await environment.on("subnode-1", "umount /usr/bin/ssh");
    }
  });

  it("fails where an address of one network shows on the other, and says who has it", async () => {
    const environment = stack();
    // The floating address of the primary's first guest: the first from the top.
    await environment.on(
      "subnode-1",
      "ip netns add stranger && ip link add strange type veth peer name eth0 netns stranger && ip link set strange up && ip -n stranger address add 172.24.5.254/32 dev eth0 && ip -n stranger link set eth0 up && ip -n stranger route add default dev eth0 && ip link set strange master br_flat",
    );
    try {
      const { code, all } = await environment.tool("verify", environment.name);
      expect(code, all).toBe(1);
      expect(all).toMatch(/172\.24\.5\.254 must not show on the guests' network: answered by lladdr [0-9a-f:]{17}$/m);
    } finally {
      await environment.on("subnode-1", "ip netns delete stranger");
    }
  });

  it("refuses by name where an interface has the name of a guest's, and leaves that alone", async () => {
    const environment = stack();
    const [lab] = environment.labs();
    const name = probeLink(`${lab?.stack}-${lab?.id}`, "public");
    await environment.on("subnode-2", `ip link add ${name} type bridge`);
    const { code, all } = await environment.tool("verify", environment.name);
    expect(code).toBe(1);
    expect(all).toContain(`subnode-2: an interface named ${name} is there and is not ours`);
    expect(await environment.on("primary", "ip netns list")).not.toContain("multinode-probe-");
    await environment.on("subnode-2", `ip link delete ${name}`);
    const again = await environment.tool("verify", environment.name);
    expect(again.code, again.all).toBe(0);
  });
});

describe("two checks of one stack at once", () => {
  const lab = { nodes: { lab: { subnodes: 1 } } };
  const stack = testStack({ ...lab, verify: "nodes" });

  it("wait for each other when one is `up`'s, which says so", async () => {
    const environment = stack();
    await environment.up();
    environment.configure({ ...lab, verify: "guests" });
    const other = environment.on(
      "primary",
      "flock --close /var/lib sh -c 'touch /run/held; while [ -e /run/held ]; do sleep 0.1; done'",
    );
    await until("the lock to be held", SET_UP_SECONDS, async () =>
      (await environment.on("primary", "ls /run")).includes("held"),
    );
    const proof = environment.up();
    await until(
      "`up` to wait",
      SET_UP_SECONDS,
      async () => (await environment.on("primary", "pgrep -fc '^flock.*--wait' || true")).trim() !== "0",
    );
    await environment.on("primary", "rm /run/held");
    await other;
    expect((await proof).all).toContain("primary: waiting for another verification of this stack");
  });

  it("wait for each other, and both hold", async () => {
    const environment = stack();
    await environment.up();
    // Red when one takes the other's guests for what an interrupted run left.
    const both = await Promise.all([1, 2].map(() => environment.tool("verify", environment.name)));
    for (const { code, all } of both) expect(code, all).toBe(0);
    expect(both.map(({ stderr }) => stderr).join("")).toContain(
      "primary: waiting for another verification of this stack",
    );
    expect(await environment.on("primary", "ip netns list")).not.toContain("multinode-probe-");
  });
});

describe("a check that is killed half-way", () => {
  const stack = testStack({ flavor: "nova-network", verify: "guests" });

  it("is cleaned up after by the next one", async () => {
    const environment = stack();
    await environment.up();
    const before = await nodeSnapshots(environment, nodes);

    const { folder, environment: variables } = environment.project;
    const program = [join(folder, "tools", "verify.ts"), environment.name];
    const check = execa(process.execPath, program, {
      cwd: folder,
      env: variables,
      extendEnv: false,
      reject: false,
      stdio: "ignore",
    });
    const namespaces = () => environment.on("subnode-1", "ip netns list");
    await until("guests to be set up", SET_UP_SECONDS, async () => (await namespaces()).includes("multinode-probe-"));
    check.kill("SIGKILL");
    await check;
    expect(await namespaces()).toContain("multinode-probe-");

    const next = await environment.tool("verify", environment.name);
    expect(next.code, next.all).toBe(0);
    expect(await nodeSnapshots(environment, nodes)).toEqual(before);
  });

  it("leaves alone what has its names and is not its own, and refuses by name", async () => {
    const environment = stack();
    await environment.on(
      "subnode-1",
      "ip netns add stranger && ip link add strange type veth peer name eth0 netns stranger && ip link set strange up && ip -n stranger address add 10.1.15.251/20 dev eth0 && ip -n stranger link set eth0 up && ovs-vsctl add-port br_flat strange",
    );
    const { code, all } = await environment.tool("verify", environment.name);
    expect(code).toBe(1);
    expect(all).toMatch(
      /subnode-1: addresses for probe guests are in use by somebody else: 10\.1\.15\.251 \([0-9a-f:]{17}/,
    );
    expect(await environment.on("subnode-1", "ip netns list")).not.toContain("multinode-probe-");
    await environment.on("subnode-1", "ovs-vsctl del-port strange && ip netns delete stranger");
    const again = await environment.tool("verify", environment.name);
    expect(again.code, again.all).toBe(0);
  });
});
