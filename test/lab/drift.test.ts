/** Drift: what somebody changes on a node is seen with its property named, and repaired, and only that. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { labFolder } from "../../providers/lab/folders.ts";
import { recordPath } from "../../providers/lab/liveness.ts";
import { type Change, changeLines } from "../support/changes.ts";
import { testStack } from "../support/stack.ts";

/** Something that somebody does to a node. */
interface Damage {
  readonly what: string;
  readonly node: string;
  readonly command: string;
  /** What the preview has to say about it. */
  readonly seen: readonly Change[];
  /** A command on the node, and what it prints once the damage is repaired. */
  readonly repaired: readonly [command: string, output: string];
}

/** The name of a subnode's one tunnel port. */
const port = "$(ovs-vsctl --bare --columns=name find interface type=vxlan)";
const localConf = "/opt/stack/devstack/local.conf";
const addresses = "ip -o -4 address show dev br-ex scope global | awk '{ print $4 }' | grep ^172.24.4";

const update = (name: string, ...properties: string[]): Change => ({ op: "update", name, properties });
const tunnelTo = (node: string): Change => update(`public-tunnel-primary-${node}`, "ends");

/** Damages that do not touch each other are found and repaired in one run. */
const rounds: readonly (readonly Damage[])[] = [
  [
    {
      what: "MTU changed",
      node: "primary",
      command: "ovs-vsctl set interface br-ex mtu_request=1400",
      seen: [update("public-bridge-primary", "mtu")],
      repaired: ["cat /sys/class/net/br-ex/mtu", "1450"],
    },
    {
      what: "local.conf edited",
      node: "subnode-1",
      command: `sed -i 's/^HOST_IP=.*/HOST_IP=192.0.2.1/' ${localConf}`,
      seen: [update("local-conf-subnode-1", "content")],
      repaired: [`grep -c 192.0.2.1 ${localConf} || true`, "0"],
    },
    {
      what: "tunnel port deleted",
      node: "subnode-2",
      command: `ovs-vsctl del-port ${port}`,
      seen: [tunnelTo("subnode-2")],
      repaired: [`ovs-vsctl get interface ${port} options:key`, '"1000003"'],
    },
  ],
  [
    {
      what: "address removed",
      node: "primary",
      command: "ip address delete 172.24.4.1/23 dev br-ex",
      seen: [update("public-bridge-primary", "addresses")],
      repaired: [addresses, "172.24.4.1/23"],
    },
    {
      what: "link down",
      node: "subnode-1",
      command: "ip link set br-ex down",
      seen: [update("public-bridge-subnode-1", "up")],
      repaired: ["ip -o link show br-ex up | wc -l", "1"],
    },
    {
      what: "VNI changed",
      node: "subnode-2",
      command: `ovs-vsctl set interface ${port} options:key=1000099`,
      seen: [tunnelTo("subnode-2")],
      repaired: [`ovs-vsctl get interface ${port} options:key`, '"1000003"'],
    },
    {
      what: "mode of local.conf changed",
      node: "primary",
      command: `chmod 644 ${localConf}`,
      seen: [update("local-conf-primary", "mode")],
      repaired: [`stat -c %a ${localConf}`, "600"],
    },
  ],
  [
    {
      what: "foreign address in the nodes' half",
      node: "primary",
      command: "ip address add 172.24.4.77/23 dev br-ex",
      seen: [update("public-bridge-primary", "addresses")],
      repaired: [addresses, "172.24.4.1/23"],
    },
    {
      what: "remote changed",
      node: "subnode-1",
      command: `ovs-vsctl set interface ${port} options:remote_ip=192.0.2.1`,
      seen: [tunnelTo("subnode-1")],
      repaired: ["ping -q -c 1 -w 3 172.24.4.1 >/dev/null && echo reached", "reached"],
    },
    {
      what: "UDP port changed",
      node: "subnode-2",
      command: `ovs-vsctl set interface ${port} options:dst_port=14789`,
      seen: [tunnelTo("subnode-2")],
      repaired: [`ovs-vsctl get interface ${port} options:dst_port`, '"4789"'],
    },
    {
      what: "owner of local.conf changed",
      node: "subnode-2",
      command: `chown nobody ${localConf}`,
      seen: [update("local-conf-subnode-2", "owner")],
      repaired: [`stat -c %U ${localConf}`, "stack"],
    },
  ],
  [
    {
      what: "bridge deleted",
      node: "subnode-2",
      command: "ovs-vsctl del-br br-ex",
      seen: [
        { op: "create", name: "public-bridge-subnode-2", properties: [] },
        { op: "replace", name: "public-tunnel-primary-subnode-2", properties: ["bridges", "ends"] },
      ],
      repaired: [addresses, "172.24.4.3/23"],
    },
    {
      what: "local address of a tunnel changed",
      node: "subnode-1",
      command: `ovs-vsctl set interface ${port} options:local_ip=192.0.2.1`,
      seen: [tunnelTo("subnode-1")],
      repaired: ["ping -q -c 1 -w 3 172.24.4.1 >/dev/null && echo reached", "reached"],
    },
  ],
];

/** Repairs of the overlay have it proven again. */
const proof = update("verification", "revisions");

describe("drift", () => {
  const stack = testStack();

  beforeAll(async () => {
    await stack().up();
  });

  it("does not include what devstack and neutron put on a bridge", async () => {
    const environment = stack();
    const plug = "ovs-vsctl add-port br-ex theirs -- set interface theirs type=internal";
    await environment.on("subnode-1", `ip address add 172.24.5.9/32 dev br-ex && ${plug}`);
    expect(await environment.preview("--refresh")).toEqual([]);
  });

  it.each(rounds.map((round) => ({ name: round.map(({ what }) => what).join(", "), round })))(
    "is seen and repaired: $name",
    async ({ round }) => {
      const environment = stack();
      await Promise.all(round.map(({ node, command }) => environment.on(node, command)));
      const seen = [...round.flatMap((damage) => damage.seen), proof];
      expect(await environment.preview("--refresh")).toEqual(seen.toSorted((a, b) => a.name.localeCompare(b.name)));

      const { all } = await environment.up("--refresh");
      const count = (op: string): number => seen.filter((change) => change.op === op).length;
      // Red when a repair reaches further than its preview said.
      expect(summaryOf(all)).toEqual({
        created: count("create"),
        updated: count("update"),
        replaced: count("replace"),
      });
      for (const { node, what, repaired } of round) {
        expect(await environment.on(node, repaired[0]), `${what} on ${node}`).toBe(repaired[1]);
      }
      expect(await environment.preview("--refresh")).toEqual([]);
    },
  );

  it("was repaired without touching what devstack and neutron put on a bridge", async () => {
    const found = await stack().on("subnode-1", "ip -o -4 address show dev br-ex; ovs-vsctl list-ports br-ex");
    expect(found).toContain("172.24.5.9/32");
    expect(found.split("\n")).toContain("theirs");
  });

  it("of a whole node: one whose init is gone is gone with all that lived on it, and comes back", async () => {
    const environment = stack();
    const [lab] = environment.labs();
    if (lab === undefined) throw new Error("the stack has no lab");
    const { init } = JSON.parse(readFileSync(recordPath(labFolder(lab), "subnode-1"), "utf8"));
    const before = await environment.on("subnode-2", "cat /proc/1/stat");
    process.kill(init.pid, "SIGKILL");
    const seen = await environment.preview("--refresh");
    expect(changeLines(seen)).toEqual([
      // The new node's host key goes into the files of users and of the other nodes.
      "update files",
      "update host-primary",
      "create host-subnode-1",
      "update host-subnode-2",
      "create local-conf-subnode-1",
      "create public-bridge-subnode-1",
      "replace public-tunnel-primary-subnode-1",
      "create subnode-1",
      "update verification",
    ]);

    await environment.up("--refresh");
    await environment.on("subnode-1", "ping -c 1 -w 3 172.24.4.3");
    expect(await environment.on("subnode-2", "cat /proc/1/stat | cut -d ' ' -f 22")).toBe(before.split(" ")[21]);
    expect(await environment.preview("--refresh")).toEqual([]);
  });

  it("includes generated files: one that was removed or changed is written again", async () => {
    const environment = stack();
    const file = join(environment.generated, "inventory.yaml");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, "all: {}\n");
    expect(await environment.preview("--refresh")).toEqual([update("files", "files")]);
    await environment.up("--refresh");
    expect(readFileSync(file, "utf8")).toBe(text);
  });
});

/** The figures of the last lines of `pulumi up`; 0 where it has no line. */
function summaryOf(output: string): { created: number; updated: number; replaced: number } {
  const resources = output.slice(output.lastIndexOf("Resources:"));
  const figure = (word: string): number => Number(new RegExp(`(\\d+) ${word}`).exec(resources)?.[1] ?? 0);
  return { created: figure("created"), updated: figure("updated"), replaced: figure("replaced") };
}
