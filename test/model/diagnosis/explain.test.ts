import { describe, expect, test } from "vitest";
import { renderCauses } from "../../../model/diagnosis/cause.ts";
import { differences } from "../../../model/diagnosis/compare.ts";
import { explain } from "../../../model/diagnosis/explain.ts";
import type { FoundBridge, FoundEnd, FoundNode, Traffic } from "../../../model/diagnosis/state.ts";
import { type FlavorName, flavors } from "../../../model/flavors/index.ts";
import type { CheckResult } from "../../../model/verification.ts";
import { planOf } from "../configs.ts";
import { changed, healthy, underlayOf } from "./found.ts";

const plan = planOf();
const wanted = { plan, underlay: underlayOf(plan) };

const failure: CheckResult = {
  kind: "overlay",
  from: "subnode-1",
  to: "subnode-2",
  held: false,
  detail: "no answer",
  over: "br-ex",
  milliseconds: 2000,
};

function causesOf(found: readonly FoundNode[], failed: readonly CheckResult[] = [failure]): string[] {
  return explain(wanted, found, failed).causes.map(({ nodes, text }) => `${nodes.join(" ")}: ${text}`);
}

const bridge = (change: Partial<FoundBridge>) => (node: FoundNode) => ({
  bridges: Object.fromEntries(Object.entries(node.bridges).map(([name, found]) => [name, { ...found, ...change }])),
});
const end = (peer: string, change: Partial<FoundEnd>) => (node: FoundNode) => ({
  ends: Object.fromEntries(
    Object.entries(node.ends).map(([name, ends]) => {
      const found = ends[peer];
      return [name, found === undefined ? ends : { ...ends, [peer]: { ...found, ...change } }];
    }),
  ),
});
const traffic = (peer: string, counts: Traffic) => (node: FoundNode) => ({
  traffic: Object.fromEntries(Object.entries(node.traffic).map(([name, ends]) => [name, { ...ends, [peer]: counts }])),
});
const nodes = healthy(plan);

test.each(Object.keys(flavors) as FlavorName[])("healthy nodes differ in nothing (%s)", (flavor) => {
  const own = planOf({ flavor });
  expect(differences({ plan: own, underlay: underlayOf(own) }, healthy(own))).toEqual([]);
});

describe("what is wrong is named with the nodes it is between", () => {
  const cases: readonly (readonly [string, FoundNode[], string])[] = [
    [
      "wrong VNI",
      changed(nodes, "subnode-1", end("primary", { vni: 7 })),
      "subnode-1 primary: the end on subnode-1 of br-ex's tunnel to primary has the wrong VNI: 7, planned is 1000002",
    ],
    [
      "port deleted",
      changed(nodes, "subnode-2", () => ({ ends: { "br-ex": {} } })),
      "subnode-2 primary: the end on subnode-2 of br-ex's tunnel to primary is not there: its port was deleted",
    ],
    [
      "bridge MTU too big",
      changed(nodes, "primary", bridge({ mtu: 1500 })),
      "primary: bridge br-ex has an MTU of 1500, too big: the overlay's is 1450",
    ],
    [
      "bridge MTU too small",
      changed(nodes, "primary", bridge({ mtu: 1400 })),
      "primary: bridge br-ex has an MTU of 1400, too small: the overlay's is 1450",
    ],
    ["bridge down", changed(nodes, "subnode-1", bridge({ up: false })), "subnode-1: bridge br-ex is down"],
    [
      "bridge gone",
      changed(nodes, "subnode-1", () => ({ bridges: {}, ends: {} })),
      "subnode-1: bridge br-ex is not there",
    ],
    [
      "wrong remote",
      changed(nodes, "primary", end("subnode-1", { remote: "10.20.0.26" })),
      "primary subnode-1: the end on primary of br-ex's tunnel to subnode-1 has the wrong remote: 10.20.0.26, planned is 10.20.0.18",
    ],
    [
      "wrong UDP port",
      changed(nodes, "primary", end("subnode-1", { port: 4790 })),
      "primary subnode-1: the end on primary of br-ex's tunnel to subnode-1 uses the wrong UDP port: 4790, planned is 4789",
    ],
    [
      "faulty end",
      changed(nodes, "primary", end("subnode-1", { fault: "the interface is down" })),
      "primary subnode-1: the end on primary of br-ex's tunnel to subnode-1 does not work: the interface is down",
    ],
    [
      "route gone",
      changed(nodes, "subnode-1", ({ routes }) => ({ routes: { ...routes, primary: "" } })),
      "subnode-1 primary: subnode-1 has no route to primary's underlay address 10.20.0.10",
    ],
    [
      "address gone",
      changed(nodes, "subnode-1", bridge({ addresses: [] })),
      "subnode-1: br-ex lacks its address 172.24.4.2/23",
    ],
    [
      "wrong prefix",
      changed(nodes, "subnode-1", bridge({ addresses: ["172.24.4.2/24"] })),
      "subnode-1: br-ex has the address 172.24.4.2/24, planned is 172.24.4.2/23",
    ],
    [
      "duplicated MAC",
      changed(nodes, "subnode-2", bridge({ mac: nodes[0]?.bridges["br-ex"]?.mac ?? "" })),
      "primary subnode-2: the MAC address 02:00:00:00:00:00 of br-ex is duplicated: primary and subnode-2 have it",
    ],
    [
      "patch missing",
      changed(nodes, "primary", () => ({ patches: { "br-ex": "patch port patch-br-ex is not there" } })),
      "primary: patch port patch-br-ex is not there",
    ],
    [
      "node silent",
      changed(nodes, "subnode-2", () => ({
        unreachable: "no answer within 20 s",
        bridges: {},
        ends: {},
        routes: {},
        traffic: {},
      })),
      "subnode-2: the node cannot be reached: no answer within 20 s",
    ],
  ];

  test.each(cases)("%s", (_, found, cause) => expect(causesOf(found)).toEqual([cause]));

  test.each(
    cases.flatMap(([one], first) =>
      cases.slice(first + 1, first + 3).map(([other], second) => [one, other, first, first + 1 + second] as const),
    ),
  )("%s and, on another look, %s", (_one, _other, first, second) => {
    const [a, b] = [cases[first], cases[second]];
    const both = nodes.map((node, index) => {
      const [one, other] = [a?.[1][index] ?? node, b?.[1][index] ?? node];
      return one === node ? other : one;
    });
    const found = causesOf(both);
    // Two things broken on the same node hide each other in this test's data: the first stays.
    expect(found).toContain(a?.[2]);
    if (!nodes.some((node, index) => a?.[1][index] !== node && b?.[1][index] !== node)) expect(found).toContain(b?.[2]);
  });

  test("an address that moved names both nodes", () => {
    const without = changed(nodes, "subnode-1", bridge({ addresses: [] }));
    const moved = changed(without, "subnode-2", bridge({ addresses: ["172.24.4.3/23", "172.24.4.2/23"] }));
    expect(causesOf(moved)).toEqual([
      "subnode-1 subnode-2: address 172.24.4.2/23 of subnode-1's br-ex has moved to subnode-2",
    ]);
  });

  test("an address that two nodes have names both", () => {
    const twice = changed(nodes, "subnode-2", bridge({ addresses: ["172.24.4.3/23", "172.24.4.2/23"] }));
    expect(causesOf(twice)).toEqual([
      "subnode-1 subnode-2: address 172.24.4.2/23 of subnode-1's br-ex is on subnode-2 too",
    ]);
  });
});

describe("what no setting shows is found by counting", () => {
  const lost = changed(
    changed(nodes, "primary", traffic("subnode-1", { sent: 60, received: 0 })),
    "subnode-1",
    traffic("primary", { sent: 30, received: 60 }),
  );

  test("VXLAN dropped on the way", () => {
    const found = changed(lost, "primary", () => ({ drops: ["udp dport 4789 drop"] }));
    expect(causesOf(found)).toEqual([
      "primary subnode-1: VXLAN (UDP port 4789) of br-ex is dropped on the way, though both ends are as planned: subnode-1 sent 30, primary received 0; the nodes' own rules about that port: on primary: udp dport 4789 drop",
    ]);
  });

  test("a packet's last sight is the tunnel it did not leave", () => {
    const [result] = explain(wanted, lost, [failure]).failed;
    expect(result?.detail).toBe(
      "no answer; last seen at the tunnel from subnode-1 to primary: 30 packets went in, 0 came out",
    );
  });

  test("a packet of a guest is followed from its node", () => {
    const [result] = explain(wanted, lost, [{ ...failure, from: "subnode-2/a", to: "subnode-1/a" }]).failed;
    expect(result?.detail).toBe("no answer; last seen at bridge br-ex of subnode-1");
  });

  const seenOf = (found: readonly FoundNode[], change: Partial<CheckResult>) => {
    const { over, ...elsewhere } = failure;
    const result = explain(wanted, found, [{ ...elsewhere, ...change }]).failed[0]?.detail ?? "";
    return result.replace(/^no answer(; last seen at )?/, "");
  };
  const onUnderlay = { kind: "underlay", from: "subnode-1", to: "primary" };

  test("a packet on the underlay is followed by its route and by what tunnels carry", () => {
    const routeless = changed(nodes, "subnode-1", ({ routes }) => ({ routes: { ...routes, primary: "" } }));
    expect(seenOf(routeless, onUnderlay)).toBe("node subnode-1, which has no route to primary");
    expect(seenOf(lost, onUnderlay)).toBe("interface eth0 of subnode-1, on its way out");
    expect(seenOf(nodes, onUnderlay)).toBe("node primary, which receives what subnode-1 sends through their tunnel");
  });

  test("a packet within a node is last seen there", () => {
    const within = { kind: "guest-ping", from: "subnode-1/a", to: "subnode-1/b" };
    expect(seenOf(nodes, within)).toBe("the guests' switch of subnode-1");
    expect(seenOf(nodes, { ...within, over: "br-ex" })).toBe("node subnode-1 itself, at its bridge br-ex");
    const down = changed(nodes, "subnode-1", bridge({ up: false }));
    expect(seenOf(down, { ...within, over: "br-ex" })).toBe("node subnode-1, before its bridge br-ex");
  });

  test.each([
    { kind: "underlay", from: "subnode-1", to: "subnode-1" },
    { kind: "isolation", from: "subnode-1", to: "primary/a" },
    { kind: "guest-ping", from: "subnode-1/a", to: "primary/a", over: "mnp-temporary" },
  ])("of what sends no packet, or is gone by then, nothing is claimed (%j)", (change) => {
    expect(seenOf(nodes, change)).toBe("");
  });

  test("an underlay that loses packets despite its routes", () => {
    const failed: CheckResult = {
      kind: "underlay",
      from: "primary",
      to: "subnode-2",
      held: false,
      detail: "no answer",
      milliseconds: 2000,
    };
    expect(causesOf(nodes, [failed])).toEqual([
      "primary subnode-2: the underlay loses packets between primary and subnode-2, though both have routes: a firewall, a security group or the network itself",
    ]);
  });
});

test("what nothing explains is said to be that, with the evidence", () => {
  const { causes } = explain(wanted, nodes, [failure]);
  expect(renderCauses(causes)).toBe(
    [
      "no cause found:",
      "  subnode-1 and subnode-2: cannot be explained: checks of kind overlay fail, while bridges, addresses, routes and tunnel ends are as planned; broadcasts counted: br-ex subnode-1 to primary: 60 sent, 60 received; br-ex primary to subnode-2: 60 sent, 60 received; for instance subnode-1 to subnode-2: no answer",
    ].join("\n"),
  );
});

test("no failure, no causes", () => {
  expect(explain(wanted, nodes, []).causes).toEqual([]);
  expect(renderCauses([])).toBe("");
});
