/**
 * Rules for a node's firewall: everything from the job's nodes, VXLAN from nobody else, and whatever comes over the
 * overlays' own bridges.
 */
import type { Family } from "../addresses.ts";
import type { PlanShape } from "../plan.ts";
import type { OverlaySettings } from "../settings.ts";

/** What the rules are made from. */
export interface FirewallPlan {
  /** UDP port of VXLAN. */
  readonly port: number;
  /** IP version of the underlay. */
  readonly family: Family;
  /** The overlays' bridges. */
  readonly bridges: readonly string[];
}

/** A firewall plan with the underlay addresses of all nodes. */
export interface FirewallFacts extends FirewallPlan {
  readonly addresses: readonly string[];
}

/** Names that nftables and iptables have for each version of IP. */
const families = {
  IPv4: { table: "ip", set: "ipv4_addr", source: "ip saddr" },
  IPv6: { table: "ip6", set: "ipv6_addr", source: "ip6 saddr" },
} as const satisfies Record<Family, { table: string; set: string; source: string }>;

/** Runs our chain before others of its hook: nftables' own name for their place is `filter`, the number 0. */
const PRIORITY = -10;

/** The rules a stack needs; one without overlays of its own has tunnels of neutron's at the same port. */
export function firewallPlan(plan: PlanShape, { port }: OverlaySettings, family: Family): FirewallPlan {
  const bridges = plan.overlays.flatMap(({ bridge, patchTo }) =>
    patchTo === undefined ? [bridge] : [bridge, patchTo],
  );
  return { port, family, bridges };
}

/**
 * A transaction for `nft -f` that makes our table anew. An `accept` in it ends the way through this table only, so it is
 * the `drop` that counts here; what other tables drop has to be accepted there (`nftablesAccepts`).
 */
export function nftablesTable(table: string, { port, family, addresses }: FirewallFacts): string {
  const { set, source } = families[family];
  return [
    `table inet ${table}`,
    `delete table inet ${table}`,
    `table inet ${table} {`,
    `  set nodes { type ${set}; elements = { ${addresses.join(", ")} } }`,
    "  chain input {",
    `    type filter hook input priority ${PRIORITY}; policy accept;`,
    `    ${source} @nodes accept`,
    `    udp dport ${port} drop`,
    "  }",
    "}",
  ].join("\n");
}

/** Rules that other tables need when they drop packets, for their chains of one hook. */
export interface NftablesAccepts {
  /** A table's family (`ip`, `ip6` or `inet`) that can hold the rule. */
  readonly tables: readonly string[];
  readonly hook: "input" | "forward";
  /** Match and verdict of the rule. */
  readonly rule: string;
}

/** What is accepted in other tables' chains: devstack's services on one node are used by all others, at ports of the job's choice. */
export function nftablesAccepts({ family, bridges, addresses }: FirewallFacts): readonly NftablesAccepts[] {
  const { table, source } = families[family];
  const all = ["ip", "ip6", "inet"];
  return [
    { tables: [table, "inet"], hook: "input", rule: `${source} { ${addresses.join(", ")} } accept` },
    ...bridges.flatMap((bridge): NftablesAccepts[] => [
      { tables: all, hook: "input", rule: `iifname "${bridge}" accept` },
      // Frames between two guests of a bridge come this way where bridged packets are filtered (br_netfilter).
      { tables: all, hook: "forward", rule: `iifname "${bridge}" oifname "${bridge}" accept` },
    ]),
  ];
}

/** Chain of iptables that a packet passes for each of ours. */
export const iptablesHooks = { INPUT: "in", FORWARD: "fwd" } as const;

/** Name of our chain for one of iptables' own; `mark` is at most 25 characters, the name at most 28 (XT_EXTENSION_MAXNAMELEN). */
export function iptablesChain(mark: string, hook: keyof typeof iptablesHooks): string {
  return `${mark.replace("devstack-multinode", "multinode")}-${iptablesHooks[hook]}`;
}

/** Input of `iptables-restore --noflush` (`family` IPv4) or `ip6tables-restore`: our chains, made anew at one stroke. */
export function iptablesTable(mark: string, family: Family, facts: FirewallFacts): string {
  const [input, forward] = [iptablesChain(mark, "INPUT"), iptablesChain(mark, "FORWARD")];
  const vxlan = `-p udp -m udp --dport ${facts.port}`;
  const members = family === facts.family ? facts.addresses : [];
  return [
    "*filter",
    `:${input} - [0:0]`,
    `:${forward} - [0:0]`,
    ...members.map((address) => `-A ${input} -s ${address} -j ACCEPT`),
    `-A ${input} ${vxlan} -j DROP`,
    ...facts.bridges.map((bridge) => `-A ${input} -i ${bridge} -j ACCEPT`),
    ...facts.bridges.map((bridge) => `-A ${forward} -i ${bridge} -o ${bridge} -j ACCEPT`),
    "COMMIT",
  ].join("\n");
}
