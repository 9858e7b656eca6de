/** Configurations of existing hosts that break one rule each. */
import type { BrokenRule } from "./rules-devstack.ts";

const inventory = (options: Readonly<Record<string, unknown>>) => ({
  nodes: { backend: "inventory", inventory: options },
});
const hosts = (...list: readonly unknown[]) => inventory({ hosts: list });
const first = { address: "10.0.0.4" };
const at = (path: string) => [`nodes.inventory.${path}`];

export const inventoryRules: readonly BrokenRule[] = [
  { rule: "no hosts at all", config: inventory({}), paths: at("hosts") },
  { rule: "an empty list of hosts", config: hosts(), paths: at("hosts") },
  { rule: "a text for the list of hosts", config: inventory({ hosts: "10.0.0.4" }), paths: at("hosts") },
  { rule: "a bare address for a host", config: hosts("10.0.0.4"), paths: at("hosts[0]") },
  {
    rule: "a host without an address",
    config: hosts(first, { host: "node.example.org" }),
    paths: at("hosts[1].address"),
  },
  { rule: "a name for an underlay address", config: hosts({ address: "node1" }), paths: at("hosts[0].address") },
  { rule: "an address with a prefix length", config: hosts({ address: "10.0.0.4/24" }), paths: at("hosts[0].address") },
  { rule: "a misspelt key of a host", config: hosts({ ...first, adress: "10.0.0.5" }), paths: at("hosts[0].adress") },
  { rule: "a misspelt address of a host", config: hosts({ adress: "10.0.0.5" }), paths: at("hosts[0].adress") },
  { rule: "a port in quotes", config: hosts({ ...first, port: "2222" }), paths: at("hosts[0].port") },
  {
    rule: "a login name that is an option of ssh",
    config: hosts({ ...first, user: "-oX" }),
    paths: at("hosts[0].user"),
  },
  {
    rule: "a host name with a line break",
    config: hosts({ ...first, host: "a\nProxyCommand x" }),
    paths: at("hosts[0].host"),
  },
  { rule: "a host key that is none", config: hosts({ ...first, hostKey: "AAAA" }), paths: at("hosts[0].hostKey") },
  {
    rule: "mistakes in two hosts",
    config: hosts({ ...first, port: 0 }, { address: "10.0.0.300" }),
    paths: [...at("hosts[0].port"), ...at("hosts[1].address")],
  },
  {
    rule: "two hosts of one address",
    config: hosts(first, { ...first, host: "node2.example.org" }),
    paths: at("hosts[1].address"),
  },
  {
    rule: "two hosts reached at one place",
    config: hosts({ ...first, host: "gate.example.org" }, { address: "10.0.0.5", host: "gate.example.org" }),
    paths: at("hosts[1].host"),
  },
  {
    rule: "a number that another host has by its position",
    config: hosts({ ...first, number: 1 }, { address: "10.0.0.5" }, { address: "10.0.0.6", number: 0 }),
    paths: at("hosts[1].number"),
  },
  {
    rule: "no primary",
    config: hosts({ ...first, number: 1 }, { address: "10.0.0.5", number: 2 }),
    paths: at("hosts[0].number"),
  },
  {
    rule: "addresses of both families",
    config: hosts(first, { address: "fd20::5" }),
    paths: at("hosts[1].address"),
  },
  {
    rule: "hosts in the public range",
    config: hosts({ address: "172.24.4.9" }),
    paths: ["overlay.publicRange"],
  },
  {
    rule: "two sources of hosts",
    config: inventory({ hosts: [first], nodepool: "/etc/nodepool" }),
    paths: at("nodepool"),
  },
  { rule: "a nodepool folder that is not there", config: inventory({ nodepool: "/nowhere" }), paths: at("nodepool") },
  { rule: "an inventory file that is not there", config: inventory({ file: "/nowhere.yaml" }), paths: at("file") },
  {
    rule: "a private key that is not there",
    config: inventory({ hosts: [first], identityFile: "~/.ssh/nowhere" }),
    paths: at("identityFile"),
  },
  {
    rule: "a host's private key that is not there",
    config: hosts({ ...first, identityFile: "~/.ssh/nowhere" }),
    paths: at("hosts[0].identityFile"),
  },
  {
    rule: "a known_hosts file that is not there",
    config: inventory({ hosts: [first], knownHosts: "~/nowhere" }),
    paths: at("knownHosts"),
  },
  {
    rule: "a jump host without a place",
    config: inventory({ hosts: [first], jump: { user: "zuul" } }),
    paths: at("jump.host"),
  },
  { rule: "an abandoned primary", config: inventory({ hosts: [first], abandon: ["primary"] }), paths: at("abandon") },
  { rule: "a number for a node to abandon", config: inventory({ hosts: [first], abandon: [2] }), paths: at("abandon") },
];
