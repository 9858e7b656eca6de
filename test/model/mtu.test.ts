import { describe, expect, test } from "vitest";
import { overlayMtu } from "../../model/mtu.ts";
import { ConfigError } from "../../model/violation.ts";

describe("the overlay's MTU", () => {
  test.each([
    [1500, "IPv4", 1450],
    [1500, "IPv6", 1430],
    [1400, "IPv4", 1350],
    [9000, "IPv4", 8950],
    [626, "IPv4", 576],
  ] as const)("on an underlay of %i over %s is %i", (underlayMtu, family, mtu) => {
    expect(overlayMtu({ underlayMtu, family })).toBe(mtu);
  });

  test("is the given one when it fits", () => {
    expect(overlayMtu({ underlayMtu: 1500, family: "IPv4", override: 1300 })).toBe(1300);
  });

  test("is refused with the arithmetic when it does not fit", () => {
    const given = () => overlayMtu({ underlayMtu: 1400, family: "IPv6", override: 1350 });
    expect(given).toThrow(ConfigError);
    expect(given).toThrow("1400 (underlay) - 70 (VXLAN over IPv6) = 1330");
    expect(given).toThrow("mtu: 1330");
  });

  test("is refused when the underlay that was measured leaves too little", () => {
    expect(() => overlayMtu({ underlayMtu: 500, family: "IPv4" })).toThrow(
      "500 (underlay) - 50 (VXLAN over IPv4) = 450",
    );
  });
});
