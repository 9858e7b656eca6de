import { describe, expect, test } from "vitest";
import { backendSettings } from "../../../model/backends/index.ts";
import { settingsOf } from "../configs.ts";

describe("settings", () => {
  test("of an empty configuration are the seed's neutron-dvr on the lab", () => {
    expect(settingsOf()).toMatchObject({
      stack: "gate",
      flavor: "neutron-dvr",
      nodes: { backend: "lab", lab: { subnodeNumbers: [1, 2], underlay: "10.20.0.0/16", underlayMtu: 1500 } },
      overlay: {
        driver: "openvswitch",
        layout: "direct",
        topology: "star",
        port: 4789,
        vniBase: 1_000_000,
        publicRange: "172.24.4.0/23",
        floatingRange: "172.24.5.0/24",
        publicBridge: false,
      },
      devstack: { release: "today", dvrSnat: ["subnode"], fixedRange: "10.1.0.0/20", run: { stack: false } },
      verify: "guests",
    });
    expect(settingsOf().overlay).not.toHaveProperty("mtu");
  });

  test("let nova-network have bridges of Linux's own", () => {
    expect(settingsOf({ flavor: "nova-network", overlay: { driver: "linux" } }).overlay.driver).toBe("linux");
  });

  test("keep gaps in the numbers, and order them", () => {
    const numbersOf = (subnodes: unknown) =>
      backendSettings(settingsOf({ nodes: { lab: { subnodes } } }).nodes, "lab").subnodeNumbers;
    expect(numbersOf([7, 1, 3])).toEqual([1, 3, 7]);
    expect(numbersOf(0)).toEqual([]);
  });

  test("take a list of features as those of all nodes", () => {
    expect(settingsOf({ devstack: { features: ["tempest"] } }).devstack.features).toEqual({
      enable: { all: ["tempest"], primary: [], subnode: [] },
      disable: { all: [], primary: [], subnode: [] },
    });
  });

  test("read ini sections in the order they are written, with keys that repeat", () => {
    const body = { DEFAULT: { debug: "True", driver: ["one", { expr: "$TWO" }] }, ovn: { enabled: "yes" } };
    const { sections } = settingsOf({ devstack: { sections: { all: { "post-config|/$CONF": body } } } }).devstack;
    expect(sections.all).toEqual([
      {
        phase: "post-config",
        file: "/$CONF",
        options: [
          { section: "DEFAULT", key: "debug", value: "True" },
          { section: "DEFAULT", key: "driver", value: "one" },
          { section: "DEFAULT", key: "driver", value: { expr: "$TWO" } },
          { section: "ovn", key: "enabled", value: "yes" },
        ],
      },
    ]);
  });

  test("leave layout and release to the flavor when nothing is said", () => {
    expect(settingsOf({ flavor: "neutron-ovn" }).overlay.layout).toBe("patched");
    expect(settingsOf({ flavor: "nova-network" }).devstack.release).toBe("rocky");
  });
});
