/** Bridges and tunnels as the engine calls them, on real nodes. */
import { describe, expect, it, vi } from "vitest";
import type { BridgeInputs, BridgeOutputs } from "../../providers/bridge.ts";
import { bridge } from "../../providers/implementations/bridge.ts";
import { patchPair } from "../../providers/implementations/patch-pair.ts";
import { tunnel } from "../../providers/implementations/tunnel.ts";
import type { NodeHandle } from "../../providers/remote/node-handle.ts";
import type { TunnelInputs } from "../../providers/tunnel.ts";
import { labNodes, on } from "../support/lab-nodes.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** What stands for a value that is not known yet in a preview (the SDK's `unknownValue`). */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const lab = labNodes({ subnodes: 1, openVswitch: true });

function nodes(): { primary: NodeHandle; subnode: NodeHandle } {
  const [primary, subnode] = lab().nodes;
  if (primary === undefined || subnode === undefined) throw new Error("two nodes were asked for");
  return { primary, subnode };
}

function bridgeInputs(generation: string, change: Partial<BridgeInputs> = {}): BridgeInputs {
  return {
    node: nodes().primary,
    environment: lab().environment,
    resource: "test-bridge",
    driver: "openvswitch",
    bridge: "br-test",
    mtu: 1450,
    up: true,
    addresses: ["172.24.4.1/23"],
    nodeSpan: { first: "172.24.4.1", last: "172.24.4.255" },
    generation,
    ...change,
  };
}

async function exists(name: string): Promise<boolean> {
  return (await on(nodes().primary, `ovs-vsctl br-exists ${name} && echo yes || true`)).trim() === "yes";
}

describe("a bridge", () => {
  it("that an unrecorded create made is adopted, and an old generation's delete leaves it alone", async () => {
    const first = await bridge.create(bridgeInputs("aaaaaaaaaaaa"));
    const second = await bridge.create(bridgeInputs("bbbbbbbbbbbb"));
    await bridge.delete(first.id, first.outs);
    expect(await exists("br-test")).toBe(true);

    expect(await bridge.read(second.id, second.outs)).toEqual({
      id: second.id,
      inputs: bridgeInputs("bbbbbbbbbbbb"),
      props: second.outs,
    });
    await bridge.delete(second.id, second.outs);
    expect(await exists("br-test")).toBe(false);
    await bridge.delete(second.id, second.outs);
    expect(await bridge.read(second.id, second.outs)).toEqual({ id: "" });
  });

  it("changes MTU and addresses in place", async () => {
    const { id, outs } = await bridge.create(bridgeInputs("aaaaaaaaaaaa"));
    const wanted = { mtu: 1400, addresses: ["172.24.4.9/23"] };
    const changed = await bridge.update(id, outs, bridgeInputs("aaaaaaaaaaaa", wanted));
    expect(changed.outs).toMatchObject({ ...wanted, generation: outs.generation });
    expect(changed.outs.revision).not.toBe(outs.revision);
    expect(await on(nodes().primary, "cat /sys/class/net/br-test/mtu")).toBe("1400\n");
    const addresses = await on(nodes().primary, "ip -o -4 address show dev br-test | awk '{ print $4 }'");
    expect(addresses).toBe("172.24.4.9/23\n");
    await bridge.delete(id, changed.outs);
  });

  it("of the same name that is another environment's, or nobody's, is refused and left", async () => {
    const made = await bridge.create(bridgeInputs("aaaaaaaaaaaa"));
    const stranger = bridge.create(bridgeInputs("bbbbbbbbbbbb", { environment: "other-000000", mtu: 1300 }));
    await expect(stranger).rejects.toThrow(`belongs to the environment ${lab().environment}`);
    expect((await bridge.read(made.id, made.outs)).inputs).toEqual(bridgeInputs("aaaaaaaaaaaa"));
    await bridge.delete(made.id, made.outs);

    await on(nodes().primary, "ip link add br-test type bridge");
    await expect(bridge.create(bridgeInputs("aaaaaaaaaaaa"))).rejects.toThrow("was not made by devstack-multinode");
    expect(await on(nodes().primary, "ip -o link show br-test")).not.toContain("UP");
    await on(nodes().primary, "ip link delete br-test");
  });

  it.each<{ what: string; change: object; difference: object }>([
    { what: "nothing", change: {}, difference: { changes: false, replaces: [] } },
    { what: "its MTU", change: { mtu: 1400 }, difference: { changes: true, replaces: [] } },
    { what: "an MTU not known yet", change: { mtu: UNKNOWN }, difference: { changes: true, replaces: [] } },
    { what: "its addresses", change: { addresses: [] }, difference: { changes: true, replaces: [] } },
    { what: "its name", change: { bridge: "br-other" }, difference: { changes: true, replaces: ["bridge"] } },
    { what: "its driver", change: { driver: "linux" }, difference: { changes: true, replaces: ["driver"] } },
    { what: "a node not known yet", change: { node: UNKNOWN }, difference: { changes: true, replaces: ["node"] } },
  ])("told of a change of $what says what that takes", async ({ change, difference }) => {
    const olds: BridgeOutputs = { ...bridgeInputs("aaaaaaaaaaaa"), revision: "cccccccccccc" };
    const news = { ...bridgeInputs("aaaaaaaaaaaa"), ...change };
    expect(await bridge.diff("id", olds, news)).toMatchObject({ ...difference, deleteBeforeReplace: true });
  });

  it("that is joined to another goes before that one is replaced, and not when this is recorded for the first time", async () => {
    const olds: BridgeOutputs = { ...bridgeInputs("aaaaaaaaaaaa"), revision: "cccccccccccc" };
    const joined = { ...olds, joinedTo: "br-infra" };
    // As the engine asks while that one is being replaced.
    expect(await bridge.diff("id", joined, bridgeInputs("aaaaaaaaaaaa", { joinedTo: UNKNOWN }))).toMatchObject({
      replaces: ["joinedTo"],
      deleteBeforeReplace: true,
    });
    expect(await bridge.diff("id", olds, joined)).toMatchObject({ changes: true, replaces: [] });
  });

  it("on another incarnation of its node is made anew, while a node reached otherwise is not", async () => {
    const olds: BridgeOutputs = { ...bridgeInputs("aaaaaaaaaaaa"), revision: "cccccccccccc" };
    const on = (change: Partial<NodeHandle>) => bridgeInputs("aaaaaaaaaaaa", { node: { ...olds.node, ...change } });
    expect(await bridge.diff("id", olds, on({ incarnation: "dddddddddddd" }))).toMatchObject({ replaces: ["node"] });
    expect(await bridge.diff("id", olds, on({ port: 2222 }))).toMatchObject({ changes: true, replaces: [] });
  });

  it("gets a generation when it is made, and keeps it: a preview of its change must know it", async () => {
    const { generation: _, ...written } = bridgeInputs("");
    const fresh = await bridge.check(undefined, written as BridgeInputs);
    expect(fresh.inputs.generation).toMatch(/^[0-9a-f]{12}$/);
    const kept = await bridge.check(fresh.inputs, { ...written, mtu: 1400 } as BridgeInputs);
    expect(kept.inputs.generation).toBe(fresh.inputs.generation);
  });
});

describe("a tunnel", () => {
  function tunnelInputs(change: Partial<TunnelInputs> = {}): TunnelInputs {
    const { primary, subnode } = nodes();
    return {
      nodes: [primary, subnode],
      bridges: ["aaaaaaaaaaaa", "aaaaaaaaaaaa"],
      ends: [subnode, primary].map(({ address }) => ({ remote: address, vni: 1_000_002, port: 4789 })),
      environment: lab().environment,
      resource: "test-tunnel",
      driver: "openvswitch",
      bridge: "br-test",
      ...change,
    };
  }

  async function withBridges(name: string, work: () => Promise<void>): Promise<void> {
    const { primary, subnode } = nodes();
    const inputs = [primary, subnode].map((node) =>
      bridgeInputs("aaaaaaaaaaaa", { node, bridge: name, addresses: [] }),
    );
    const made = await Promise.all(inputs.map((one) => bridge.create(one)));
    try {
      await work();
    } finally {
      await Promise.all(made.map(({ id, outs }) => bridge.delete(id, outs)));
    }
  }

  it("is adopted, read, changed in place and removed twice, and an old generation's delete leaves it alone", async () => {
    await withBridges("br-test", async () => {
      const first = await tunnel.create(tunnelInputs());
      const second = await tunnel.create(tunnelInputs());
      await tunnel.delete(first.id, first.outs);
      expect(await tunnel.read(second.id, second.outs)).toEqual({
        id: second.id,
        inputs: tunnelInputs(),
        props: second.outs,
      });

      const ends = tunnelInputs().ends.map((end) => ({ ...end, vni: 1_000_077, port: 14_789 }));
      const changed = await tunnel.update(second.id, second.outs, tunnelInputs({ ends }));
      expect((await tunnel.read(second.id, changed.outs)).inputs?.ends).toEqual(ends);

      await tunnel.delete(second.id, changed.outs);
      await tunnel.delete(second.id, changed.outs);
      expect(await tunnel.read(second.id, changed.outs)).toEqual({ id: "" });
    });
  });

  it("of which one end is missing shows that end as blank", async () => {
    await withBridges("br-test", async () => {
      const { id, outs } = await tunnel.create(tunnelInputs());
      await on(nodes().subnode, `ovs-vsctl del-port br-test_${nodes().primary.address}`);
      const found = await tunnel.read(id, outs);
      expect(found.inputs?.ends).toEqual([tunnelInputs().ends[0], { remote: "", vni: 0, port: 0 }]);
      await tunnel.delete(id, outs);
    });
  });

  it("whose port's name somebody else's port has is refused by name, and that port is left", async () => {
    await withBridges("br-test", async () => {
      const port = `br-test_${nodes().primary.address}`;
      await on(nodes().subnode, `ovs-vsctl add-port br-test ${port} -- set interface ${port} type=internal`);
      const look = () =>
        on(nodes().subnode, `ovs-vsctl --columns=_uuid,type,options,external_ids list interface ${port}`);
      const theirs = await look();
      const refused = await tunnel.create(tunnelInputs()).catch((error) => error);
      expect(refused.message).toContain(
        `make tunnel port ${port}: a port named ${port} is there already and was not made`,
      );
      expect(refused.message).toContain(`ovs-vsctl --if-exists del-port ${port}`);
      // Red when the half that was made is lost, or takes theirs along.
      await tunnel.delete(refused.id, refused.properties);
      expect(await look()).toBe(theirs);
      expect(await on(nodes().primary, "ovs-vsctl list-ports br-test")).toBe("");
      await on(nodes().subnode, `ovs-vsctl del-port ${port}`);
    });
  });

  it("that the switch cannot make is an error that is recorded, in the switch's words", async () => {
    await withBridges("br-test", () =>
      withBridges("br-two", async () => {
        const { id, outs } = await tunnel.create(tunnelInputs());
        // Open vSwitch takes each remote and VNI once, and `ovs-vsctl` exits with 0 all the same.
        const clash = await tunnel
          .create(tunnelInputs({ bridge: "br-two", resource: "clash" }))
          .catch((error) => error);
        expect(clash.message).toMatch(/make tunnel port br-two_\S+: read back, .*(exists|busy|could not)/);
        expect(clash).toMatchObject({ id: expect.stringContaining("br-two"), properties: { resource: "clash" } });
        await tunnel.delete(clash.id, clash.properties);
        await tunnel.delete(id, outs);
      }),
    );
  });
});

describe("a patch pair", () => {
  it.each([
    ["patch-br-two", "br-test"],
    ["patch-br-test", "br-two"],
  ])(
    "of which somebody else has %s on %s is refused by name, that port is left, and none is made",
    async (port, where) => {
      const { primary } = nodes();
      const bridges = ["br-test", "br-two"];
      const made = await Promise.all(
        bridges.map((name) => bridge.create(bridgeInputs("aaaaaaaaaaaa", { bridge: name, addresses: [] }))),
      );
      try {
        await on(primary, `ovs-vsctl add-port ${where} ${port} -- set interface ${port} type=internal`);
        const look = () => on(primary, `ovs-vsctl --columns=_uuid,type,options,external_ids list interface ${port}`);
        const theirs = await look();
        const inputs = {
          node: primary,
          environment: lab().environment,
          resource: "test-patch",
          bridges,
          generations: ["aaaaaaaaaaaa", "aaaaaaaaaaaa"],
          peers: ["patch-br-test", "patch-br-two"],
        };
        const refused = await patchPair.create(inputs).catch((error) => error);
        expect(refused.message).toContain(`a port named ${port} is there already and was not made by`);
        expect(refused.message).toContain(`ovs-vsctl del-port ${port}`);
        expect(await look()).toBe(theirs);
        const ports = await on(primary, "ovs-vsctl list-ports br-test; ovs-vsctl list-ports br-two");
        expect(ports.trim()).toBe(port);
      } finally {
        await Promise.all(made.map(({ id, outs }) => bridge.delete(id, outs)));
      }
    },
  );
});
