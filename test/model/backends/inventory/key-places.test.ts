import { describe, expect, test } from "vitest";
import { keyPlaces } from "../../../../model/backends/inventory/key-places.ts";
import { optionsShape } from "../../../../model/backends/inventory/schema.ts";
import { machine, resolved } from "./resolved.ts";

const KEY = "ssh-ed25519 AAAAC3Nz";

const yaml = "primary:\n  hosts:\n    node0:\n      ansible_host: 10.0.0.5\n";
const ini = "[primary]\nnode0 ansible_host=10.0.0.5\n";
const nodepool = { "/etc/nodepool/primary_node_private": "10.0.0.5\n" };

describe("a key that a host shows on purpose is to be written", () => {
  test.each([
    ["into the list", { hosts: [{ address: "10.0.0.5" }] }, {}, `hostKey: ${KEY}   (nodes.inventory.hosts[0].hostKey)`],
    ["into YAML", { file: "a.yaml" }, { "/project/a.yaml": yaml }, `host_key: ${KEY}   (/project/a.yaml:3)`],
    ["into INI", { file: "hosts" }, { "/project/hosts": ini }, `host_key="${KEY}"   (/project/hosts:2)`],
    [
      "into a known_hosts file of nodepool's hosts",
      { nodepool: "/etc/nodepool" },
      nodepool,
      `10.0.0.5 ${KEY}   (in a file with the keys of all hosts, which nodes.inventory.knownHosts names)`,
    ],
    [
      "into the known_hosts file that there is",
      { nodepool: "/etc/nodepool", port: 2222, knownHosts: "known" },
      { ...nodepool, "/project/known": "" },
      `[10.0.0.5]:2222 ${KEY}   (in known)`,
    ],
    [
      "into the list where that has the key that counts",
      { hosts: [{ address: "10.0.0.5", hostKey: "ssh-ed25519 AAAA" }], knownHosts: "known" },
      { "/project/known": "" },
      `hostKey: ${KEY}   (nodes.inventory.hosts[0].hostKey)`,
    ],
  ])("%s", (_where, options, texts: Readonly<Record<string, string>>, expected) => {
    const [host] = resolved(options, texts).hosts;
    if (host === undefined) throw new Error("expected a host");
    const places = keyPlaces(optionsShape.parse(options), machine(texts));
    expect(places.ofHost(host, KEY)).toBe(expected);
    expect(places.ofJump(KEY)).toBe(`hostKey: ${KEY}   (nodes.inventory.jump.hostKey)`);
  });
});
