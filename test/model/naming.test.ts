import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hostName, interfaceName, logicalName, tunnelPortName } from "../../model/naming.ts";

const stackName = fc.stringMatching(/^[A-Za-z0-9_.-]{1,100}$/);

describe("interface names", () => {
  test("that fit stay as they are", () => {
    expect(interfaceName("mn", "gate", "3")).toBe("mn-gate-3");
    expect(interfaceName("br_ironic_vxlan")).toBe("br_ironic_vxlan");
  });

  test("that are cut are told apart by their tails", () => {
    const [a, b] = [interfaceName("multinode", "gate", "subnode-1"), interfaceName("multinode", "gate", "subnode-2")];
    expect(a).not.toBe(b);
    expect(a).toHaveLength(15);
  });

  test("are valid, and different for different parts", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 2 }), (texts) => {
        const names = texts.map((text) => interfaceName(text));
        expect(new Set(names).size).toBe(texts.length);
        for (const name of names) {
          expect(name).toMatch(/^[A-Za-z0-9_.-]{1,15}$/);
        }
      }),
    );
  });
});

describe("host names", () => {
  test("are the stack and the node", () => {
    expect(hostName("gate", "subnode-1")).toBe("gate-subnode-1");
    expect(hostName("Gate", "primary")).toBe("gate-primary");
  });

  test("are valid labels for any stack", () => {
    fc.assert(
      fc.property(stackName, (stack) => {
        expect(hostName(stack, "subnode-12")).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
      }),
    );
  });

  test("of stacks that differ in what is not allowed differ too", () => {
    expect(hostName("a_b", "primary")).not.toBe(hostName("a.b", "primary"));
    expect(hostName("a".repeat(80), "primary")).not.toBe(hostName("a".repeat(80), "subnode-1"));
  });
});

test("logical names are kebab-case", () => {
  expect(logicalName("gate", "brEx", "subnode-1")).toBe("gate-br-ex-subnode-1");
  expect(logicalName("br_flat", 3)).toBe("br-flat-3");
});

describe("tunnel ports", () => {
  test("carry the bridge and the peer", () => {
    expect(tunnelPortName("br-ex", "10.20.0.18")).toBe("br-ex_10.20.0.18");
  });

  test("of an IPv6 peer are the same however it is written", () => {
    expect(tunnelPortName("br-ex", "fd20:0::0:a")).toBe(tunnelPortName("br-ex", "fd20::a"));
    expect(tunnelPortName("br-ex", "fd20::a")).not.toBe(tunnelPortName("br-ex", "fd20::12"));
    expect(tunnelPortName("br-ex", "fd20::a")).toMatch(/^[\w.-]+$/);
  });
});
