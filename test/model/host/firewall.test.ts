/** The firewall's rules, as texts; what they do to packets is tested on nodes. */
import { describe, expect, it } from "vitest";
import {
  type FirewallFacts,
  firewallPlan,
  iptablesChain,
  iptablesTable,
  nftablesAccepts,
  nftablesTable,
} from "../../../model/host/firewall.ts";
import { planOf, settingsOf } from "../configs.ts";

const mark = "devstack-multinode-bf554f";
const facts: FirewallFacts = {
  port: 4789,
  family: "IPv4",
  bridges: ["br_pub", "br_flat"],
  addresses: ["10.20.0.10", "10.20.0.18"],
};
const facts6: FirewallFacts = { ...facts, family: "IPv6", addresses: ["fd00::a"] };

/** Longest name of a chain: XT_EXTENSION_MAXNAMELEN (29) less the closing zero byte. */
const LONGEST_CHAIN = 28;

describe("the plan of a firewall", () => {
  it("covers every bridge of the overlays, neutron's own beside br-infra too", () => {
    const config = { flavor: "neutron-ovn", overlay: { port: 14789 } };
    const plan = firewallPlan(planOf(config), settingsOf(config).overlay, "IPv4");
    expect(plan).toEqual({ port: 14789, family: "IPv4", bridges: ["br-infra", "br-ex"] });
  });

  it("guards the port also where neutron alone makes tunnels", () => {
    const config = { flavor: "neutron" };
    expect(firewallPlan(planOf(config), settingsOf(config).overlay, "IPv6")).toEqual({
      port: 4789,
      family: "IPv6",
      bridges: [],
    });
  });
});

describe("nftables", () => {
  it("takes everything from the nodes and drops VXLAN from all others, in one table that is made anew", () => {
    expect(
      nftablesTable(mark, facts)
        .split("\n")
        .map((line) => line.trim()),
    ).toEqual([
      `table inet ${mark}`,
      `delete table inet ${mark}`,
      `table inet ${mark} {`,
      "set nodes { type ipv4_addr; elements = { 10.20.0.10, 10.20.0.18 } }",
      "chain input {",
      "type filter hook input priority -10; policy accept;",
      "ip saddr @nodes accept",
      "udp dport 4789 drop",
      "}",
      "}",
    ]);
    expect(nftablesTable(mark, facts6)).toContain("    ip6 saddr @nodes accept");
  });

  it("accepts every packet of a node in other tables", () => {
    expect(nftablesAccepts(facts)[0]).toMatchObject({
      hook: "input",
      rule: "ip saddr { 10.20.0.10, 10.20.0.18 } accept",
    });
  });

  it("puts a rule on addresses into tables of their family only", () => {
    const tables = (wish: FirewallFacts) => nftablesAccepts(wish).find(({ rule }) => rule.includes("saddr"))?.tables;
    expect(tables(facts)).toEqual(["ip", "inet"]);
    expect(tables(facts6)).toEqual(["ip6", "inet"]);
  });

  it("accepts what comes over a bridge, and what stays on it", () => {
    expect(nftablesAccepts({ ...facts, bridges: ["br_pub"] }).slice(1)).toEqual([
      { tables: ["ip", "ip6", "inet"], hook: "input", rule: 'iifname "br_pub" accept' },
      { tables: ["ip", "ip6", "inet"], hook: "forward", rule: 'iifname "br_pub" oifname "br_pub" accept' },
    ]);
  });
});

describe("iptables", () => {
  const input = iptablesChain(mark, "INPUT");

  it("names chains within the kernel's limit", () => {
    expect(input.length).toBeLessThanOrEqual(LONGEST_CHAIN);
    expect(iptablesChain(mark, "FORWARD")).not.toBe(input);
  });

  it("accepts everything of the nodes before it drops VXLAN of all others", () => {
    const rules = iptablesTable(mark, "IPv4", { ...facts, bridges: [] })
      .split("\n")
      .filter((line) => line.startsWith("-A"));
    expect(rules).toEqual([
      `-A ${input} -s 10.20.0.10 -j ACCEPT`,
      `-A ${input} -s 10.20.0.18 -j ACCEPT`,
      `-A ${input} -p udp -m udp --dport 4789 -j DROP`,
    ]);
  });

  it("drops VXLAN altogether in the family that the underlay is not of", () => {
    const rules = iptablesTable(mark, "IPv6", { ...facts, bridges: [] })
      .split("\n")
      .filter((line) => line.startsWith("-A"));
    expect(rules).toEqual([`-A ${input} -p udp -m udp --dport 4789 -j DROP`]);
  });
});
