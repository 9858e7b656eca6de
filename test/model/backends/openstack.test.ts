import { describe, expect, test } from "vitest";
import { backendSettings, nodesFacts } from "../../../model/backends/index.ts";
import { ConfigError } from "../../../model/schema/index.ts";
import { settingsOf } from "../configs.ts";

const least = { image: "debian-12", flavor: "m1.small", controllerRange: "192.0.2.7/32" };
const nodes = (options: Readonly<Record<string, unknown>> = {}) => ({
  nodes: { backend: "openstack", openstack: { ...least, ...options } },
});

function refusedPaths(config: Readonly<Record<string, unknown>>): readonly string[] {
  try {
    settingsOf(config);
  } catch (error) {
    if (error instanceof ConfigError) return error.violations.map(({ path }) => path);
    throw error;
  }
  return [];
}

describe("nodes in a cloud", () => {
  test("have fixed addresses by their numbers in the stack's own network, whoever else is there", () => {
    const { members } = nodesFacts(settingsOf(nodes({ subnodes: [1, 3], range: "10.40.0.0/24" })).nodes);
    expect(members).toEqual([
      { number: 0, address: "10.40.0.10" },
      { number: 1, address: "10.40.0.11" },
      { number: 3, address: "10.40.0.13" },
    ]);
  });

  test("get their addresses from a network that is there", () => {
    const { members } = nodesFacts(settingsOf(nodes({ network: "private" })).nodes);
    expect(members).toEqual([{ number: 0 }, { number: 1 }, { number: 2 }]);
  });

  test("have floating addresses where nothing else leads to them, unless the job says otherwise", () => {
    const floating = (options: Readonly<Record<string, unknown>>) =>
      backendSettings(settingsOf(nodes(options)).nodes, "openstack").floatingAddresses;
    expect(floating({})).toBe(true);
    expect(floating({ network: "private" })).toBe(false);
    expect(floating({ network: "private", floatingAddresses: true })).toBe(true);
    expect(floating({ floatingAddresses: false })).toBe(false);
  });

  test("need an image, a flavor and who may log in, all told at once", () => {
    expect(refusedPaths({ nodes: { backend: "openstack" } })).toEqual([
      "nodes.openstack.controllerRange",
      "nodes.openstack.flavor",
      "nodes.openstack.image",
    ]);
  });

  test("need room for every number in the range, and a range apart from the others", () => {
    expect(refusedPaths(nodes({ subnodes: [250] }))).toEqual(["nodes.openstack.range"]);
    expect(refusedPaths(nodes({ subnodes: [244] }))).toEqual([]);
    expect(refusedPaths(nodes({ range: "172.24.4.0/24" }))).toEqual(["nodes.openstack.range"]);
  });
});
