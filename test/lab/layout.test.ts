/** The overlay's layout changes while br-ex goes on under the same name: once the overlay itself, once joined to br-infra. */
import { describe, expect, it } from "vitest";
import { tunnelPortName } from "../../model/naming.ts";
import { type TestStack, testStack } from "../support/stack.ts";

const nodes = ["primary", "subnode-1"] as const;

describe("a change of the overlay's layout", () => {
  const stack = testStack();

  function configure(layout: "direct" | "patched"): TestStack {
    const environment = stack();
    environment.configure({ flavor: "neutron-dvr", nodes: { lab: { subnodes: 1 } }, overlay: { layout } });
    return environment;
  }

  it("makes another br-ex: the one of before remembers the other nodes' br-infra, whose addresses it answered for", async () => {
    const indexes = () => Promise.all(nodes.map((node) => stack().on(node, "cat /sys/class/net/br-ex/ifindex")));
    await configure("patched").up();
    const before = await indexes();
    await configure("direct").up();
    // Red when br-ex is taken over: two nodes may then ask each other's dead bridge until the kernel gives up, seconds later.
    const after = await indexes();
    for (const [index, one] of after.entries()) expect(one, nodes[index]).not.toBe(before[index]);
  });

  it("is taken back where it failed half-way", async () => {
    const environment = configure("patched");
    await environment.up();
    const { stdout } = await environment.succeed(["stack", "output", "nodes", "--json"]);
    const [primary] = JSON.parse(stdout) as readonly { readonly address: string }[];
    const taken = tunnelPortName("br-ex", primary?.address ?? "");
    await environment.on(
      "subnode-1",
      `ovs-vsctl add-br other -- add-port other ${taken} -- set interface ${taken} type=internal`,
    );
    configure("direct");
    const { code, all } = await environment.pulumi("up", "--yes", "--skip-preview");
    expect(code, all).not.toBe(0);
    expect(all).toContain(taken);

    await environment.on("subnode-1", "ovs-vsctl del-br other");
    configure("patched");
    // Red when the state says that a br-ex is there which the overlay's own took along.
    await environment.up();
    expect(await environment.preview("--refresh")).toEqual([]);
  });
});
