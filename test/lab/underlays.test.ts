/** Underlays of other sizes and of the other family: the overlay's MTU follows, down to every node. */
import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { formatRange, rangeOf } from "../../model/addresses.ts";
import { testStack } from "../support/stack.ts";

/** A unique local range (RFC 4193): nobody routes it, and every run takes its own. */
const privateRange = formatRange(
  rangeOf(
    `fd${randomBytes(5)
      .toString("hex")
      .replace(/^(..)(....)/, "$1:$2:")}::/64`,
  ),
);

const underlays: readonly { what: string; lab: Readonly<Record<string, unknown>>; mtu: number }[] = [
  { what: "IPv4 with an MTU of 1400", lab: { underlayMtu: 1400 }, mtu: 1350 },
  { what: "IPv4 with an MTU of 9000", lab: { underlayMtu: 9000 }, mtu: 8950 },
  { what: "IPv6", lab: { underlay: privateRange }, mtu: 1430 },
];

describe.each(underlays)("an underlay of $what", ({ lab, mtu }) => {
  const stack = testStack({ nodes: { lab: { subnodes: 2, ...lab } } });

  it(`carries an overlay with an MTU of ${mtu}`, async () => {
    const environment = stack();
    await environment.up();
    const { stdout } = await environment.succeed(["stack", "output", "--json"]);
    const { overlays, verification } = JSON.parse(stdout);
    expect(overlays).toMatchObject([{ bridge: "br-ex", mtu }]);
    expect(verification).toMatchObject({ failed: [] });
    expect(verification.checks).toBeGreaterThan(0);

    for (const node of ["primary", "subnode-1", "subnode-2"]) {
      expect(await environment.on(node, "cat /sys/class/net/br-ex/mtu")).toBe(String(mtu));
      expect(await environment.on(node, "grep ^PUBLIC_BRIDGE_MTU= /opt/stack/devstack/local.conf")).toContain(
        `=${mtu}`,
      );
    }
    // Between two subnodes, the star's centre forwards; 28 bytes of each packet are its IP and ICMP headers.
    await environment.on("subnode-1", `ping -c 1 -w 3 -M do -s ${mtu - 28} 172.24.4.3`);
    const larger = await environment.attempt("subnode-1", `ping -c 1 -w 1 -M do -s ${mtu - 27} 172.24.4.3`);
    expect(larger.code).not.toBe(0);

    expect(await environment.preview("--refresh")).toEqual([]);
    await environment.destroy();
  });
});
