import { describe, expect, test } from "vitest";
import type { Flavor } from "../../../model/flavors/flavor.ts";
import { type FlavorName, flavors } from "../../../model/flavors/index.ts";
import { parseSettings } from "../../../model/schema/index.ts";
import { ConfigError } from "../../../model/violation.ts";
import { settingsOf } from "../localconf/settings.ts";
import { applyFix } from "../schema/fixes.ts";

describe("overlays of a flavor", () => {
  const publicDirect = { bridge: "br-ex", addressed: true, vniBlock: "public" };
  const publicPatched = { bridge: "br-infra", addressed: true, vniBlock: "public", patchTo: "br-ex" };
  const guests = { bridge: "br_ironic_vxlan", addressed: false, vniBlock: "guest" };

  test.each<[FlavorName, object, readonly object[]]>([
    [
      "nova-network",
      {},
      [
        { bridge: "br_pub", addressed: true, vniBlock: "public" },
        { bridge: "br_flat", addressed: false, vniBlock: "guest" },
      ],
    ],
    ["neutron", {}, []],
    ["neutron", { publicBridge: true }, [publicDirect]],
    ["neutron", { publicBridge: true, layout: "patched" }, [publicPatched]],
    ["neutron-dvr", {}, [publicDirect]],
    ["neutron-dvr", { layout: "patched" }, [publicPatched]],
    ["neutron-dvr-ha", {}, [publicDirect]],
    ["neutron-ovn", {}, [publicPatched]],
    ["neutron-ovn", { layout: "direct" }, [publicDirect]],
    ["ironic", {}, [guests]],
    ["ironic", { publicBridge: true }, [publicDirect, guests]],
  ])("%s with %o", (name, overlay, expected) => {
    const flavor: Flavor = flavors[name];
    expect(flavor.overlays(settingsOf(name, { overlay }))).toEqual(expected);
  });

  test("never share a block of VNIs", () => {
    for (const [name, flavor] of Object.entries(flavors)) {
      const blocks = flavor
        .overlays(settingsOf(name as FlavorName, { overlay: { publicBridge: true } }))
        .map(({ vniBlock }) => vniBlock);
      expect(new Set(blocks).size).toBe(blocks.length);
    }
  });
});

describe("a rule of a flavor", () => {
  interface Broken {
    readonly rule: string;
    readonly config: Readonly<Record<string, unknown>>;
    readonly paths: readonly string[];
    readonly says: RegExp;
  }
  const rocky = { devstack: { release: "rocky" } };
  const ha = { flavor: "neutron-dvr-ha" };

  test.each<Broken>([
    {
      rule: "nova-network in a release without n-net",
      config: { flavor: "nova-network", devstack: { release: "stein" } },
      paths: ["devstack.release"],
      says: /ocata or pike or queens or rocky .*n-net[\s\S]*release: rocky/,
    },
    {
      rule: "nova-network with patch ports to br-ex",
      config: { flavor: "nova-network", ...rocky, overlay: { layout: "patched" } },
      paths: ["overlay.layout"],
      says: /has no br-ex/,
    },
    {
      rule: "nova-network with br-ex",
      config: { flavor: "nova-network", ...rocky, overlay: { publicBridge: true } },
      paths: ["overlay.publicBridge"],
      says: /publicBridge: false/,
    },
    {
      rule: "neutron patched to nothing",
      config: { flavor: "neutron", overlay: { layout: "patched" } },
      paths: ["overlay.publicBridge"],
      says: /publicBridge: true/,
    },
    {
      rule: "DVR HA with two nodes",
      config: { ...ha, nodes: { lab: { subnodes: 1 } } },
      paths: ["nodes.lab.subnodes"],
      says: /at least 2 subnodes/,
    },
    {
      rule: "DVR HA with one node that does SNAT",
      config: { ...ha, devstack: { dvrSnat: ["primary"] } },
      paths: ["devstack.dvrSnat"],
      says: /at least 2 nodes running dvr_snat[\s\S]*only the primary/,
    },
    {
      rule: "DVR HA with too few of both",
      config: { ...ha, nodes: { lab: { subnodes: 1 } }, devstack: { dvrSnat: [] } },
      paths: ["devstack.dvrSnat", "nodes.lab.subnodes"],
      says: /no node/,
    },
    {
      rule: "OVN before devstack had it",
      config: { flavor: "neutron-ovn", devstack: { release: "train" } },
      paths: ["devstack.release"],
      says: /release: today/,
    },
  ])("$rule is told, and the fix works", ({ config, paths, says }) => {
    const parse = (raw: Readonly<Record<string, unknown>>) => parseSettings("gate", raw as never);
    const error = catchConfigError(() => parse(config));
    expect(error.violations.map(({ path }) => path)).toEqual(paths);
    expect(error.message).toMatch(says);
    expect(() => parse(error.violations.reduce(applyFix, config))).not.toThrow();
  });
});

function catchConfigError(act: () => unknown): ConfigError {
  try {
    act();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("expected a ConfigError");
}
