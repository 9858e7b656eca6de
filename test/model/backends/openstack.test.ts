import { describe, expect, test } from "vitest";
import { backendSettings, nodesFacts } from "../../../model/backends/index.ts";
import { noFiles } from "../../../model/local-files.ts";
import { ConfigError } from "../../../model/schema/index.ts";
import { settingsOf } from "../configs.ts";

const least = { image: "debian-12", flavor: "m1.small", controllerRange: "192.0.2.7/32" };
const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFWgYn5dX0mN0Nf6kQ6YkB2m4J5c9dQ8m1mZ2l8m7q3x me";
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

  test("are logged in to with a key whose path begins at the home or the project's folder, and can be read", () => {
    const files = {
      ...noFiles,
      absolute: (path: string) => path.replace("~", "/home/me"),
      isReadable: (path: string) => path === "/home/me/.ssh/id_ed25519",
    };
    const withKey = (identityFile: string) => settingsOf(nodes({ key: { publicKey, identityFile } }), "gate", files);
    const { key } = backendSettings(withKey("~/.ssh/id_ed25519").nodes, "openstack");
    expect(key).toMatchObject({ publicKey, identityFile: "/home/me/.ssh/id_ed25519" });
    expect(() => withKey("~/.ssh/other")).toThrow(/nodes\.openstack\.key\.identityFile/);
  });

  test("are adopted by their names", () => {
    expect(refusedPaths(nodes({ network: "private", adopted: ["primary", "subnode-2"] }))).toEqual([]);
    expect(refusedPaths(nodes({ network: "private", adopted: ["subnode-0"] }))).toEqual(["nodes.openstack.adopted"]);
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
