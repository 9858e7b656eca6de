import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contains, formatRange, parseAddress, rangeAround } from "../../../model/addresses.ts";
import { type LabPlan, type LabSettings, planLab } from "../../../model/backends/lab.ts";
import { ConfigError } from "../../../model/violation.ts";

const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 600 }), { minLength: 1, maxLength: 40 });
const underlay = fc.constantFrom("10.20.0.0/16", "192.168.128.0/18", "fd20::/64", "2001:db8::/112");

function labOf(subnodeNumbers: readonly number[], range: string): LabSettings {
  return { subnodeNumbers, underlay: range, underlayMtu: 1500 };
}

/** The link of an address as a CIDR. */
function linkOf({ family, prefixLength }: LabPlan, address: string): string {
  return formatRange(rangeAround({ family, value: parseAddress(address)?.value ?? -1n }, prefixLength));
}

describe("the lab's underlay", () => {
  test("gives the controller the first link and each node the one after its number", () => {
    const plan = planLab(labOf([1, 3], "10.20.0.0/16"));
    expect(plan).toEqual({
      underlay: "10.20.0.0/16",
      family: "IPv4",
      prefixLength: 29,
      controller: { address: "10.20.0.2", gateway: "10.20.0.1" },
      nodes: {
        primary: { address: "10.20.0.10", gateway: "10.20.0.9" },
        "subnode-1": { address: "10.20.0.18", gateway: "10.20.0.17" },
        "subnode-3": { address: "10.20.0.34", gateway: "10.20.0.33" },
      },
    });
  });

  test("works the same with IPv6", () => {
    const plan = planLab(labOf([1], "fd20::/64"));
    expect(plan.prefixLength).toBe(125);
    expect(plan.nodes["subnode-1"]).toEqual({ address: "fd20::12", gateway: "fd20::11" });
  });

  test("has links that lie in the range and never meet", () => {
    fc.assert(
      fc.property(numbers, underlay, (subnodeNumbers, range) => {
        const plan = planLab(labOf(subnodeNumbers, range));
        const ends = [plan.controller, ...Object.values(plan.nodes)];
        const links = ends.map(({ address }) => linkOf(plan, address));
        expect(new Set(links).size).toBe(subnodeNumbers.length + 2);
        expect(links.every((link) => contains(range, link))).toBe(true);
        expect(ends.map(({ gateway }) => linkOf(plan, gateway))).toEqual(links);
      }),
    );
  });

  test("leaves everyone else alone when a node comes or goes", () => {
    fc.assert(
      fc.property(numbers, underlay, fc.nat(), (subnodeNumbers, range, index) => {
        const gone = subnodeNumbers[index % subnodeNumbers.length];
        const before = planLab(labOf(subnodeNumbers, range));
        const after = planLab(
          labOf(
            subnodeNumbers.filter((number) => number !== gone),
            range,
          ),
        );
        const { [`subnode-${gone}`]: _gone, ...others } = before.nodes;
        expect(after.nodes).toEqual(others);
        expect(after.controller).toEqual(before.controller);
      }),
    );
  });

  test("is refused with the size it needs when the range is too small", () => {
    const small = () => planLab(labOf([500], "10.20.0.0/24"));
    expect(small).toThrow(ConfigError);
    expect(small).toThrow("at least /20");
    expect(planLab(labOf([500], "10.20.0.0/20")).nodes["subnode-500"]?.address).toBe("10.20.15.170");
  });
});
