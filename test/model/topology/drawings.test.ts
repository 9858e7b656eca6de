import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FlavorName } from "../../../model/flavors/index.ts";
import { planShape } from "../../../model/plan.ts";
import { drawMermaid } from "../../../model/topology/mermaid.ts";
import { drawText } from "../../../model/topology/text.ts";
import { planOf, settingsOf } from "../configs.ts";

const pictures = [
  { name: "nova-network-3", flavor: "nova-network", lab: { subnodes: 2 } },
  { name: "neutron-3", flavor: "neutron", lab: { subnodes: 2 } },
  { name: "neutron-dvr-1", flavor: "neutron-dvr", lab: { subnodes: 0 } },
  { name: "neutron-dvr-2", flavor: "neutron-dvr", lab: { subnodes: 1 } },
  { name: "neutron-dvr-3", flavor: "neutron-dvr", lab: { subnodes: 2 } },
  {
    name: "neutron-dvr-gap-ipv6",
    flavor: "neutron-dvr",
    lab: { subnodes: [1, 3, 4, 12], underlay: "2001:db8:20::/64" },
  },
  { name: "neutron-dvr-10", flavor: "neutron-dvr", lab: { subnodes: 9 } },
  { name: "neutron-ovn-3", flavor: "neutron-ovn", lab: { subnodes: 2 } },
  { name: "ironic-5", flavor: "ironic", lab: { subnodes: 4 } },
] as const;

const plans = fc
  .tuple(
    fc.constantFrom<FlavorName>("nova-network", "neutron", "neutron-dvr", "neutron-ovn", "ironic"),
    fc.uniqueArray(fc.integer({ min: 1, max: 200 }), { maxLength: 12 }),
  )
  .map(([flavor, subnodes]) => planOf({ flavor, nodes: { lab: { subnodes } } }));

/** How often a text stands in another, as a word of its own. */
function count(text: string, word: string): number {
  return text.split(new RegExp(`(?<![\\w.-])${word.replaceAll(/[.-]/g, "\\$&")}(?![\\w.-])`)).length - 1;
}

describe.each(pictures)("the picture of $name", ({ name, flavor, lab }) => {
  const plan = planOf({ flavor, nodes: { lab } });

  test("as text", async () => {
    await expect(`${drawText(plan)}\n`).toMatchFileSnapshot(`../../golden/topology/${name}.txt`);
  });

  test("as Mermaid", async () => {
    await expect(drawMermaid(plan)).toMatchFileSnapshot(`../../golden/topology/${name}.mmd`);
  });
});

describe.each([
  {
    stack: "hosts",
    nodes: {
      backend: "inventory",
      inventory: {
        hosts: [
          { address: "10.0.0.4", number: 0 },
          { address: "10.0.0.5", number: 2 },
          { address: "10.0.0.6", number: 3 },
        ],
      },
    },
  },
  {
    stack: "openstack",
    nodes: {
      backend: "openstack",
      openstack: { image: "debian-12", flavor: "m1.large", controllerRange: "192.0.2.7/32", network: "private" },
    },
  },
])(
  "the picture of stack $stack before its first up, when MTU and a cloud's addresses are not known",
  ({ stack, nodes }) => {
    const shape = planShape(settingsOf({ nodes }, stack));

    test("as text", async () => {
      await expect(`${drawText(shape)}\n`).toMatchFileSnapshot(`../../golden/topology/${stack}-3.txt`);
    });

    test("as Mermaid", async () => {
      await expect(drawMermaid(shape)).toMatchFileSnapshot(`../../golden/topology/${stack}-3.mmd`);
    });
  },
);

describe("every picture", () => {
  test("shows each node and each tunnel once, also where lines cross", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const text = drawText(plan);
        for (const { name, address = "" } of plan.nodes) {
          expect(count(text, name)).toBe(1);
          expect(count(text, address)).toBe(1);
        }
        for (const { tunnels, addresses } of plan.overlays) {
          for (const { vni } of tunnels) {
            expect(count(text, `vxlan ${vni}`)).toBe(1);
          }
          for (const address of Object.values(addresses)) {
            expect(count(text, address)).toBe(1);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  test("is the same for the same plan", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        expect(drawText(structuredClone(plan))).toBe(drawText(plan));
        expect(drawMermaid(structuredClone(plan))).toBe(drawMermaid(plan));
      }),
      { numRuns: 20 },
    );
  });

  test("of three nodes fits a terminal of 80 columns", () => {
    const widths = drawText(planOf())
      .split("\n")
      .map((line) => line.length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(80);
  });
});
