import { describe, expect, test } from "vitest";
import { overlaps } from "../../../model/addresses.ts";
import { type FlavorName, flavors } from "../../../model/flavors/index.ts";
import { planGuestChecks } from "../../../model/guests/checks.ts";
import { namespaceName, probeLink } from "../../../model/guests/names.ts";
import { type GuestFacts, type GuestNetwork, planGuests } from "../../../model/guests/plan.ts";
import { INTERFACE_NAME_LENGTH } from "../../../model/naming.ts";
import type { RawConfig } from "../../../model/schema/index.ts";
import { guestFacts as facts, planOf } from "../configs.ts";

function guestsOf(config: Partial<RawConfig> = {}, changed: Partial<GuestFacts> = {}): GuestNetwork {
  const network = planGuests(planOf(config), { ...facts, ...changed });
  if ("reason" in network) throw new Error(`expected guests, given: ${network.reason}`);
  return network;
}

const flavorNames = Object.keys(flavors) as FlavorName[];

describe("addresses of guests", () => {
  test("come from the top of their ranges", () => {
    const [primary, subnode] = guestsOf().nodes;
    expect(primary?.guests.map(({ floating, fixed }) => `${floating} ${fixed}`)).toEqual([
      "172.24.5.254 10.1.15.254",
      "172.24.5.253 10.1.15.253",
    ]);
    expect(subnode?.guests.map(({ floating, fixed }) => `${floating} ${fixed}`)).toEqual([
      "172.24.5.252 10.1.15.251",
      "172.24.5.251 10.1.15.250",
    ]);
  });

  test("are the same when another node has left", () => {
    const guestsOn = (subnodes: readonly number[]) =>
      guestsOf({ nodes: { lab: { subnodes } } }).nodes.find(({ name }) => name === "subnode-3");
    expect(guestsOn([1, 3])).toEqual(guestsOn([1, 2, 3]));
  });

  test.each(flavorNames)("are all different, and no node's or gateway's (%s)", (flavor) => {
    const plan = planOf({ flavor, nodes: { lab: { subnodes: 9 } } });
    const network = guestsOf({ flavor, nodes: { lab: { subnodes: 9 } } });
    const own = network.nodes.flatMap(({ guests, gateway }) => [
      ...guests.flatMap(({ fixed, floating }) => [fixed, floating]),
      ...(gateway === undefined ? [] : [gateway]),
    ]);
    const others = plan.overlays.flatMap(({ addresses }) => Object.values(addresses).map((text) => text.split("/")[0]));
    expect(new Set([...own, ...others, "172.24.5.1", "10.1.0.1"]).size).toBe(own.length + new Set(others).size + 2);
    for (const address of own) {
      expect(
        [facts.floatingRange, facts.fixedRange].some((range) => overlaps(range, `${address}/32`)),
        address,
      ).toBe(true);
    }
  });

  test("that a range has no room for are refused with both numbers", () => {
    const refusal = planGuests(planOf({ nodes: { lab: { subnodes: 9 } } }), {
      ...facts,
      floatingRange: "172.24.5.240/28",
      fixedRange: "10.1.0.0/28",
    });
    expect(refusal).toEqual({
      reason:
        "the floating range 172.24.5.240/28 has room for 13 probe addresses, the nodes' numbers need 20; " +
        "the fixed range 10.1.0.0/28 has room for 13 probe addresses, the nodes' numbers need 30",
    });
  });
});

describe("how guests are plugged in", () => {
  test("nova-network: fixed addresses on br_flat, floating ones on br_pub by their own node", () => {
    const network = guestsOf({ flavor: "nova-network" });
    expect(network).toMatchObject({ publicBridge: "br_pub", networkBridge: "br_flat" });
    expect(network.nodes.map(({ translates }) => translates.map(({ name }) => name))).toEqual([
      ["primary/a", "primary/b"],
      ["subnode-1/a", "subnode-1/b"],
      ["subnode-2/a", "subnode-2/b"],
    ]);
  });

  test.each(["neutron-dvr", "neutron-dvr-ha", "neutron-ovn"] as const)(
    "%s: behind their own node, on br-ex",
    (flavor) => {
      const { networkBridge, ...network } = guestsOf({ flavor });
      expect(networkBridge).toBeUndefined();
      expect(network.publicBridge).toBe("br-ex");
      expect(network.nodes.every(({ guests, translates }) => translates === guests)).toBe(true);
    },
  );

  test("the patched layout: on br-ex too, carried by br-infra", () => {
    const { publicBridge, publicOverlay } = guestsOf({ flavor: "neutron-ovn" });
    expect({ publicBridge, publicOverlay }).toEqual({ publicBridge: "br-ex", publicOverlay: "br-infra" });
  });

  test("neutron: by the primary for all, over temporary tunnels that no overlay's VNI meets", () => {
    const network = guestsOf({ flavor: "neutron" });
    const [primary, ...subnodes] = network.nodes;
    expect(primary?.translates).toHaveLength(6);
    expect(subnodes.map(({ gateway, via }) => ({ gateway, via }))).toEqual(
      subnodes.map(() => ({ gateway: undefined, via: primary?.gateway })),
    );
    expect(network.temporaryGateway).toBe("172.24.5.1/24");
    const used = flavorNames.flatMap((flavor) =>
      planOf({ flavor }).overlays.flatMap(({ tunnels }) => tunnels.map(({ vni }) => vni)),
    );
    expect(used).not.toContain(network.temporaryTunnels?.[0]?.vni);
    expect(network.temporaryTunnels?.map(({ between }) => between)).toEqual([
      ["primary", "subnode-1"],
      ["primary", "subnode-2"],
    ]);
  });

  test("neutron with br-ex as an overlay needs no temporary gateway", () => {
    const { publicBridge, temporaryGateway } = guestsOf({ flavor: "neutron", overlay: { publicBridge: true } });
    expect({ publicBridge, temporaryGateway }).toEqual({ publicBridge: "br-ex", temporaryGateway: undefined });
  });

  test("temporary VNIs stay within 24 bits", () => {
    const network = guestsOf({ flavor: "neutron" }, { vniBase: 16_500_000 });
    expect(network.temporaryTunnels?.map(({ vni }) => vni)).toEqual([16_499_999, 16_499_998]);
  });
});

describe("the checks", () => {
  const described = (config: Partial<RawConfig>, kind: string) =>
    planGuestChecks(guestsOf(config))
      .filter((check) => check.kind === kind)
      .map(({ from, to, probe }) => `${from} ${to} ${probe.method} ${probe.address}`);

  test.each(flavorNames)("are what tempest does, from the primary to every guest's floating address (%s)", (flavor) => {
    const network = guestsOf({ flavor });
    const guests = network.nodes.flatMap((node) => node.guests);
    expect(guests).toHaveLength(6);
    expect(described({ flavor }, "guest-ssh")).toEqual(
      guests.map(({ name, floating }) => `primary ${name} login ${floating}`),
    );
    expect(described({ flavor }, "guest-tcp")).toHaveLength(6);
    for (const { name, floating } of guests) {
      expect(described({ flavor }, "guest-ping")).toContain(`primary ${name} ping ${floating}`);
    }
  });

  test("reach fixed addresses across nodes only where guests share a network", () => {
    const across = "subnode-1/a subnode-2/a ping 10.1.15.248";
    expect(described({ flavor: "nova-network" }, "guest-ping")).toContain(across);
    expect(described({ flavor: "neutron-dvr" }, "guest-ping")).not.toContain(across);
    expect(described({ flavor: "neutron-dvr" }, "guest-ping")).toContain("subnode-1/a subnode-1/b ping 10.1.15.250");
    expect(described({ flavor: "neutron-dvr" }, "broadcast")).toEqual([]);
    expect(described({ flavor: "ironic" }, "broadcast")).toHaveLength(3);
  });

  test("send what is one byte too long along every tunnel in both directions", () => {
    const long = planGuestChecks(guestsOf({ flavor: "nova-network" })).filter(
      ({ probe }) => probe.method === "too-long",
    );
    expect(new Set(long.map(({ from, to }) => `${from} ${to}`))).toEqual(
      new Set(["primary/b subnode-1/b", "primary/b subnode-2/b", "subnode-1/b primary/b", "subnode-2/b primary/b"]),
    );
    expect(new Set(long.map(({ over }) => over))).toEqual(new Set(["br_pub", "br_flat"]));
    expect(new Set(long.map(({ probe }) => "size" in probe && probe.size))).toEqual(new Set([1450 - 28 + 1]));
  });

  test("a node alone is checked with its own guests", () => {
    const checks = planGuestChecks(guestsOf({ nodes: { lab: { subnodes: 0 } } }));
    expect(new Set(checks.map(({ kind }) => kind))).toEqual(new Set(["guest-ping", "mtu", "guest-tcp", "guest-ssh"]));
  });
});

test("names fit an interface and differ between environments", () => {
  const kinds = ["public", "network", "tunnels", "gateway"] as const;
  const names = ["gate-0a1b2c", "gate-0a1b2d", "a-very-long-name-of-a-stack-ffffff"].flatMap((environment) =>
    kinds.map((kind) => probeLink(environment, kind)),
  );
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => name.length > INTERFACE_NAME_LENGTH)).toEqual([]);
  expect(namespaceName("gate-0a1b2c", "a")).not.toBe(namespaceName("gate-0a1b2d", "a"));
});
