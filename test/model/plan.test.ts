import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contains } from "../../model/addresses.ts";
import type { FlavorName } from "../../model/flavors/index.ts";
import { buildPlan, type Plan, planShape } from "../../model/plan.ts";
import { expectationsOf } from "../../model/preflight/expectations.ts";
import { HIGHEST_VNI } from "../../model/vni.ts";
import { planOf, settingsOf } from "./configs.ts";

/** Flavors with overlays, and ranges that are wide enough for high numbers. */
const flavor = fc.constantFrom<FlavorName>("nova-network", "neutron-dvr", "neutron-ovn", "ironic");
const wide = { publicRange: "172.24.0.0/20", floatingRange: "172.24.8.0/21" };
const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 1500 }), { minLength: 1, maxLength: 30 });

function widePlan(flavorName: FlavorName, subnodes: readonly number[]): Plan {
  return planOf({ flavor: flavorName, nodes: { lab: { subnodes } }, overlay: wide });
}

function vnisOf(plan: Plan): readonly number[] {
  return plan.overlays.flatMap(({ tunnels }) => tunnels.map(({ vni }) => vni));
}

describe("the default plan", () => {
  const plan = planOf();

  test("is the seed's three nodes", () => {
    expect(plan.nodes.map(({ name, role, number, hostname }) => [name, role, number, hostname])).toEqual([
      ["primary", "primary", 0, "gate-primary"],
      ["subnode-1", "subnode", 1, "gate-subnode-1"],
      ["subnode-2", "subnode", 2, "gate-subnode-2"],
    ]);
  });

  test("has the seed's addresses on br-ex and the predecessor's VNIs", () => {
    expect(plan.overlays).toEqual([
      {
        bridge: "br-ex",
        block: "public",
        mtu: 1450,
        port: 4789,
        topology: "star",
        driver: "openvswitch",
        tunnels: [
          { between: ["primary", "subnode-1"], vni: 1_000_002 },
          { between: ["primary", "subnode-2"], vni: 1_000_003 },
        ],
        addresses: { primary: "172.24.4.1/23", "subnode-1": "172.24.4.2/23", "subnode-2": "172.24.4.3/23" },
        nodeSpan: { first: "172.24.4.1", last: "172.24.4.255" },
      },
    ]);
  });
});

describe("overlays", () => {
  test("of nova-network are two, with addresses on br_pub only", () => {
    const { overlays } = planOf({ flavor: "nova-network" });
    expect(overlays.map(({ bridge, addresses, nodeSpan }) => [bridge, Object.keys(addresses), nodeSpan?.last])).toEqual(
      [
        ["br_pub", ["primary", "subnode-1", "subnode-2"], "172.24.4.255"],
        ["br_flat", [], undefined],
      ],
    );
    expect(overlays.map(({ tunnels }) => tunnels[0]?.vni)).toEqual([1_000_002, 1_000_129]);
  });

  test("of OVN are br-infra, patched to br-ex, unless the layout says otherwise", () => {
    expect(planOf({ flavor: "neutron-ovn" }).overlays).toMatchObject([{ bridge: "br-infra", patchTo: "br-ex" }]);
    const direct = planOf({ flavor: "neutron-ovn", overlay: { layout: "direct" } }).overlays;
    expect(direct).toMatchObject([{ bridge: "br-ex" }]);
    expect(direct[0]).not.toHaveProperty("patchTo");
  });

  test("take topology, port, VNI base and MTU from the configuration", () => {
    const [overlay] = planOf({ overlay: { topology: "star", port: 14_789, vniBase: 5000, mtu: 1300 } }).overlays;
    expect(overlay).toMatchObject({
      topology: "star",
      port: 14_789,
      mtu: 1300,
      tunnels: [{ vni: 5002 }, { vni: 5003 }],
    });
  });

  test("have the MTU of an underlay that was measured", () => {
    expect(buildPlan(settingsOf(), { mtu: 1400, family: "IPv6" }).overlayMtu).toBe(1330);
  });

  test("take other ranges", () => {
    const overlay = { publicRange: "192.168.8.0/22", floatingRange: "192.168.10.0/23" };
    expect(planOf({ overlay }).overlays[0]).toMatchObject({
      addresses: { primary: "192.168.8.1/22", "subnode-2": "192.168.8.3/22" },
      nodeSpan: { first: "192.168.8.1", last: "192.168.9.255" },
    });
  });
});

describe("hosts whose underlay is not known before it is measured", () => {
  const hosts = [{ address: "10.0.0.4" }, { address: "10.0.0.5" }];
  const settings = settingsOf({ nodes: { backend: "inventory", inventory: { hosts } }, overlay: { mtu: 8950 } });

  test("have a shape, for the stack as for its pre-flight, with an MTU that only large frames leave room for", () => {
    expect(planShape(settings).overlays).toMatchObject([{ bridge: "br-ex", tunnels: [{ vni: 1_000_002 }] }]);
    expect(expectationsOf(settings).bridges).toEqual(["br-ex"]);
  });

  test("get that MTU where the measured one leaves room for it", () => {
    const plan = buildPlan(settings, { mtu: 9000, family: "IPv4" });
    expect([plan.overlayMtu, plan.overlays[0]?.mtu]).toEqual([8950, 8950]);
  });

  test("are refused it with what to write where the measured one does not", () => {
    expect(() => buildPlan(settings, { mtu: 1500, family: "IPv4" })).toThrow(
      /overlay\.mtu\n +expected +an MTU from 576 to 1450 bytes.*\n +given +8950\n +write +mtu: 1450/,
    );
  });
});

describe("numbers", () => {
  test("from 128 on have VNIs of their own block in each overlay", () => {
    const { overlays } = widePlan("nova-network", [127, 128]);
    expect(overlays.map(({ tunnels }) => tunnels.map(({ vni }) => vni))).toEqual([
      [1_000_128, 1_100_128],
      [1_000_255, 1_200_128],
    ]);
  });

  test("give no two tunnels one VNI, and no two nodes one address", () => {
    fc.assert(
      fc.property(flavor, numbers, (name, subnodes) => {
        const plan = widePlan(name, subnodes);
        const vnis = vnisOf(plan);
        expect(new Set(vnis).size).toBe(vnis.length);
        expect(Math.max(...vnis)).toBeLessThanOrEqual(HIGHEST_VNI);
        for (const { addresses } of plan.overlays) {
          const given = Object.values(addresses).map((address) => address.split("/")[0] ?? "");
          expect(new Set(given).size).toBe(given.length);
          expect(given.every((address) => contains("172.24.0.0/21", `${address}/32`))).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });

  test("alone decide: nothing of the others changes when a node comes or goes", () => {
    fc.assert(
      fc.property(flavor, numbers, fc.nat(), (name, subnodes, index) => {
        const gone = `subnode-${subnodes[index % subnodes.length]}`;
        const before = widePlan(name, subnodes);
        const after = widePlan(
          name,
          subnodes.filter((number) => `subnode-${number}` !== gone),
        );
        expect(after).toEqual({
          ...before,
          nodes: before.nodes.filter((node) => node.name !== gone),
          overlays: before.overlays.map((overlay) => ({
            ...overlay,
            tunnels: overlay.tunnels.filter(({ between }) => between[1] !== gone),
            addresses: Object.fromEntries(Object.entries(overlay.addresses).filter(([node]) => node !== gone)),
          })),
        });
      }),
      { numRuns: 50 },
    );
  });

  test("in any order give the same plan, ordered by number", () => {
    fc.assert(
      fc.property(numbers, (subnodes) => {
        const plan = widePlan("nova-network", subnodes);
        expect(plan).toEqual(widePlan("nova-network", subnodes.toReversed()));
        const planned = plan.nodes.map(({ number }) => number);
        expect(planned).toEqual(planned.toSorted((a, b) => a - b));
      }),
      { numRuns: 30 },
    );
  });

  test("up to 500 are planned without a meeting", () => {
    const plan = planOf({
      flavor: "nova-network",
      nodes: { lab: { subnodes: 499 } },
      overlay: { publicRange: "172.24.0.0/21", floatingRange: "172.24.4.0/22" },
    });
    expect(plan.nodes).toHaveLength(500);
    expect(new Set(vnisOf(plan)).size).toBe(998);
    expect(plan.overlays[0]?.addresses["subnode-499"]).toBe("172.24.1.244/21");
  });
});
