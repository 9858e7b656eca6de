import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  contains,
  formatAddress,
  formatRange,
  freeRange,
  overlaps,
  parseAddress,
  parseRange,
  rangeAround,
} from "../../model/addresses.ts";

const ipv4Range = fc
  .tuple(fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }), fc.integer({ min: 8, max: 30 }))
  .map(([value, prefixLength]) => formatRange(rangeAround({ family: "IPv4", value }, prefixLength)));

describe("addresses", () => {
  test.each(["10.20.0.1", "255.255.255.255", "fd20::1", "::", "2001:db8:0:1::"])("%s is read and written", (text) => {
    const address = parseAddress(text);
    expect(address && formatAddress(address)).toBe(text);
  });

  test.each(["10.20.0", "10.20.0.256", "10.20.0.1/24", "fe80::1%eth0", "host", ""])("%j is none", (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  test.each(["10.0.0.0/33", "fd00::/129", "10.0.0.0", "10.0.0.0/x", "/8"])("%j is no range", (text) => {
    expect(parseRange(text)).toBeUndefined();
  });

  test("every IPv6 address is read as it is written", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), (value) => {
        expect(parseAddress(formatAddress({ family: "IPv6", value }))).toEqual({ family: "IPv6", value });
      }),
    );
  });
});

describe("ranges", () => {
  test("overlap when one holds the other, and not across families", () => {
    expect(overlaps("172.24.4.0/23", "172.24.5.0/24")).toBe(true);
    expect(overlaps("172.24.4.0/24", "172.24.5.0/24")).toBe(false);
    expect(overlaps("0.0.0.0/0", "::/0")).toBe(false);
    expect(contains("172.24.4.0/23", "172.24.5.0/24")).toBe(true);
    expect(contains("172.24.5.0/24", "172.24.4.0/23")).toBe(false);
  });
});

describe("a free range", () => {
  test("is the next one behind the wanted one", () => {
    expect(freeRange(["10.20.0.0/16"], "10.20.0.0/16")).toBe("10.21.0.0/16");
    expect(freeRange(["fd20::/64"], "fd20::/64")).toBe("fd20:0:0:1::/64");
  });

  test("is the wanted one when that is free", () => {
    expect(freeRange(["10.20.0.0/16"], "10.30.0.0/16")).toBe("10.30.0.0/16");
  });

  test("comes from another private range when its own is full", () => {
    expect(freeRange(["10.0.0.0/8"], "10.20.0.0/16")).toBe("172.16.0.0/16");
  });

  test("is smaller when none of its size is left", () => {
    expect(freeRange(["10.1.0.0/16", "172.16.0.0/12", "192.168.0.0/16"], "10.0.0.0/8")).toBe("10.128.0.0/9");
  });

  test("meets no used range and keeps its size", () => {
    fc.assert(
      fc.property(fc.array(ipv4Range, { maxLength: 12 }), fc.integer({ min: 20, max: 30 }), (used, prefixLength) => {
        fc.pre(!used.some((range) => contains(range, "192.168.0.0/16")));
        const free = freeRange(used, `192.168.0.0/${prefixLength}`);
        expect(used.filter((range) => overlaps(range, free))).toEqual([]);
        expect(freeRange(used, `192.168.0.0/${prefixLength}`)).toBe(free);
      }),
    );
  });
});
