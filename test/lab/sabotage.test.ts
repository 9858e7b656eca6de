/** Things broken by hand on a deployed stack: the check fails in time and names the right nodes and the cause. */

import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { type TestStack, testStack } from "../support/stack.ts";

/** Seconds in which the check of three nodes has to fail. */
const FAILS_WITHIN_SECONDS = 30;

/** One thing to break, and what has to be said of it. */
interface Sabotage {
  readonly name: string;
  /** Commands on nodes; `lab` runs on the underlay's router. */
  readonly breaks: readonly (readonly [string, string])[];
  readonly repairs: readonly (readonly [string, string])[];
  /** Nodes that the cause has to name, and words that it has to hold. */
  readonly nodes: readonly string[];
  readonly says: RegExp;
}

/** A stack's node with what a sabotage needs to know. */
interface Victim {
  readonly name: string;
  readonly number: number;
  readonly address: string;
  readonly peer: Omit<Victim, "peer">;
}

/** What a check says as JSON. */
interface Said {
  readonly failed: readonly { readonly from: string; readonly to: string; readonly detail: string }[];
  readonly causes?: readonly string[];
}

/** The random choices follow from this number; another one, to look further, comes in SABOTAGE_SEED. */
const seed = Number(process.env.SABOTAGE_SEED ?? 1);

/** A small generator of pseudo-random numbers below 1 (mulberry32). */
function randomNumbers(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const port = (victim: Victim): string => `br-ex_${victim.peer.address}`;
const vni = (victim: Victim): number => 1_000_001 + Math.max(victim.number, victim.peer.number);
const publicAddress = ({ number }: { number: number }): string => `172.24.4.${1 + number}/23`;
const option = (victim: Victim, change: string): string => `ovs-vsctl set interface ${port(victim)} options:${change}`;

const kinds: readonly ((victim: Victim) => Sabotage)[] = [
  (victim) => ({
    name: "wrong VNI on one end",
    breaks: [[victim.name, option(victim, "key=77")]],
    repairs: [[victim.name, option(victim, `key=${vni(victim)}`)]],
    nodes: [victim.name, victim.peer.name],
    says: /wrong VNI: 77, planned is 100000\d/,
  }),
  (victim) => ({
    name: "port deleted",
    breaks: [[victim.name, `ovs-vsctl del-port ${port(victim)}`]],
    repairs: [
      [
        victim.name,
        `ovs-vsctl add-port br-ex ${port(victim)} -- set interface ${port(victim)} type=vxlan options:key=${vni(victim)} options:local_ip=${victim.address} options:remote_ip=${victim.peer.address} options:dst_port=4789`,
      ],
    ],
    nodes: [victim.name, victim.peer.name],
    says: /is not there: its port was deleted/,
  }),
  (victim) => ({
    name: "bridge MTU too big",
    breaks: [[victim.name, "ovs-vsctl set interface br-ex mtu_request=1500"]],
    repairs: [[victim.name, "ovs-vsctl set interface br-ex mtu_request=1450"]],
    nodes: [victim.name],
    says: /bridge br-ex has an MTU of 1500, too big: the overlay's is 1450/,
  }),
  (victim) => ({
    name: "address moved to another node",
    breaks: [
      [victim.name, `ip address delete ${publicAddress(victim)} dev br-ex`],
      [victim.peer.name, `ip address add ${publicAddress(victim)} dev br-ex`],
    ],
    repairs: [
      [victim.peer.name, `ip address delete ${publicAddress(victim)} dev br-ex`],
      [victim.name, `ip address add ${publicAddress(victim)} dev br-ex`],
    ],
    nodes: [victim.name, victim.peer.name],
    says: /address 172\.24\.4\.\d\/23 of \S+ br-ex has moved to/,
  }),
  (victim) => ({
    name: "bridge down",
    breaks: [[victim.name, "ip link set br-ex down"]],
    repairs: [[victim.name, "ip link set br-ex up"]],
    nodes: [victim.name],
    says: /bridge br-ex is down/,
  }),
  (victim) => ({
    name: "VXLAN dropped on the way",
    breaks: [
      [
        "lab",
        `printf '%s\\n' 'table ip saboteur {' 'chain drops {' 'type filter hook forward priority 0;' 'ip saddr ${victim.address} ip daddr ${victim.peer.address} udp dport 4789 drop' '}' '}' | nft -f -`,
      ],
    ],
    repairs: [["lab", "nft delete table ip saboteur"]],
    nodes: [victim.name, victim.peer.name],
    says: /VXLAN \(UDP port 4789\) of br-ex is dropped on the way/,
  }),
  (victim) => ({
    name: "underlay route gone",
    breaks: [[victim.name, `ip route add unreachable ${victim.peer.address}/32`]],
    repairs: [[victim.name, `ip route delete unreachable ${victim.peer.address}/32`]],
    nodes: [victim.name, victim.peer.name],
    says: /has no route to \S+ underlay address/,
  }),
  (victim) => ({
    name: "wrong remote",
    breaks: [[victim.name, option(victim, "remote_ip=192.0.2.9")]],
    repairs: [[victim.name, option(victim, `remote_ip=${victim.peer.address}`)]],
    nodes: [victim.name, victim.peer.name],
    says: /wrong remote: 192\.0\.2\.9, planned is/,
  }),
  (victim) => ({
    name: "duplicated MAC",
    breaks: [
      [
        victim.name,
        'cat /sys/class/net/br-ex/address >/run/own-mac; ovs-vsctl set bridge br-ex other_config:hwaddr=\\"MAC-OF-PEER\\"',
      ],
    ],
    repairs: [
      [victim.name, 'ovs-vsctl set bridge br-ex other_config:hwaddr=\\"$(cat /run/own-mac)\\"; rm /run/own-mac'],
    ],
    nodes: [victim.name, victim.peer.name],
    says: /the MAC address [0-9a-f:]{17} of br-ex is duplicated/,
  }),
  (victim) => ({
    name: "wrong UDP port",
    breaks: [[victim.name, option(victim, "dst_port=4790")]],
    repairs: [[victim.name, option(victim, "dst_port=4789")]],
    nodes: [victim.name, victim.peer.name],
    says: /wrong UDP port: 4790, planned is 4789/,
  }),
];

describe(`sabotage (SABOTAGE_SEED=${seed})`, () => {
  const stack = testStack({ flavor: "neutron-dvr", verify: "guests" });
  const random = randomNumbers(seed);

  /** A node and the one at the other end of a tunnel of its. */
  async function victim(environment: TestStack): Promise<Victim> {
    const { stdout } = await environment.succeed(["stack", "output", "nodes", "--json"]);
    const [primary, ...subnodes] = JSON.parse(stdout) as Victim[];
    const subnode = subnodes[Math.floor(random() * subnodes.length)];
    if (primary === undefined || subnode === undefined) throw new Error("the stack has no two nodes");
    return random() < 0.5 ? { ...primary, peer: subnode } : { ...subnode, peer: primary };
  }

  async function perform(environment: TestStack, commands: Sabotage["breaks"], peer: string): Promise<void> {
    for (const [node, command] of commands) {
      if (node === "lab") {
        const [lab] = environment.labs();
        await execa("ip", ["netns", "exec", `multinode-${lab?.stack}-${lab?.id}-underlay`, "sh", "-c", command]);
      } else {
        const mac = command.includes("MAC-OF-PEER")
          ? await environment.on(peer, "cat /sys/class/net/br-ex/address")
          : "";
        await environment.on(node, command.replace("MAC-OF-PEER", mac.trim()));
      }
    }
  }

  /** Breaks things, lets the check speak, and repairs them whatever it says. */
  async function checkWith(environment: TestStack, sabotages: readonly (readonly [Sabotage, string])[]): Promise<Said> {
    try {
      for (const [{ breaks }, peer] of sabotages) await perform(environment, breaks, peer);
      const { code, stdout, seconds, all } = await environment.tool("verify", environment.name, "--json");
      expect(code, all).toBe(1);
      expect(seconds).toBeLessThan(FAILS_WITHIN_SECONDS);
      return JSON.parse(stdout) as Said;
    } finally {
      for (const [{ repairs }, peer] of sabotages.toReversed()) await perform(environment, repairs, peer);
    }
  }

  function expectNamed(causes: readonly string[], { nodes, says }: Sabotage): void {
    const named = causes.filter((line) => says.test(line) && nodes.every((node) => line.includes(node)));
    expect(named, causes.join("\n")).not.toEqual([]);
  }

  it("a healthy stack gives no cause", async () => {
    await stack().up();
    const { code, stdout, all } = await stack().tool("verify", stack().name, "--json");
    expect(code, all).toBe(0);
    expect(JSON.parse(stdout)).not.toHaveProperty("causes");
  });

  it.each(kinds.map((_, index) => index))("kind %i is named, and nothing else", async (index) => {
    const chosen = await victim(stack());
    const sabotage = kinds[index]?.(chosen);
    if (sabotage === undefined) throw new Error("no such sabotage");
    const { causes = [] } = await checkWith(stack(), [[sabotage, chosen.peer.name]]);
    expect(causes[0], sabotage.name).toBe("likely causes:");
    expectNamed(causes, sabotage);
    expect(causes.length, causes.join("\n")).toBe(2);
  });

  it.each([0, 1, 2, 3])("pair %i: both are named", async () => {
    const first = Math.floor(random() * kinds.length);
    const second = (first + 1 + Math.floor(random() * (kinds.length - 1))) % kinds.length;
    const [one, other] = [await victim(stack()), await victim(stack())];
    const pair = [
      [kinds[first]?.(one), one.peer.name] as const,
      [kinds[second]?.(other), other.peer.name] as const,
    ].flatMap(([sabotage, peer]) => (sabotage === undefined ? [] : [[sabotage, peer] as const]));
    const { causes = [] } = await checkWith(stack(), pair);
    for (const [sabotage] of pair) expectNamed(causes, sabotage);
  });

  it("what it cannot explain it says so, with the evidence", async () => {
    const rule = "INPUT -i br-ex -p icmp -j DROP";
    await stack().on("subnode-1", `iptables -A ${rule}`);
    const { code, stdout, all } = await stack().tool("verify", stack().name, "--json");
    await stack().on("subnode-1", `iptables -D ${rule}`);
    expect(code, all).toBe(1);
    const { causes = [] } = JSON.parse(stdout) as Said;
    expect(causes[0]).toBe("no cause found:");
    expect(causes.join("\n")).toMatch(/primary and subnode-1: cannot be explained: .* sent, .* received/);
  });

  it("a stack that was repaired is healthy again", async () => {
    const { code, all } = await stack().tool("verify", stack().name);
    expect(code, all).toBe(0);
  });
});

describe("a flavor whose guests need temporary tunnels", () => {
  const stack = testStack({ flavor: "neutron", nodes: { lab: { subnodes: 1 } }, verify: "guests" });

  it("tells in which of them packets were last seen", async () => {
    const environment = stack();
    await environment.up();
    const rule = "FORWARD -p udp --dport 4789 -j DROP";
    const onRouter = async (command: string) => {
      const [lab] = environment.labs();
      await execa("ip", ["netns", "exec", `multinode-${lab?.stack}-${lab?.id}-underlay`, "sh", "-c", command]);
    };
    await onRouter(`iptables -I ${rule}`);
    try {
      const { code, stdout, all } = await environment.tool("verify", environment.name, "--json");
      expect(code, all).toBe(1);
      const { failed } = JSON.parse(stdout) as Said;
      const across = failed.filter(({ from, to }) => from === "subnode-1/a" && to === "primary/a");
      expect(across, stdout).not.toEqual([]);
      for (const { detail } of across) {
        expect(detail).toMatch(/; last seen at the tunnel from subnode-1 to primary: \d+ packets went in, 0 came out$/);
      }
    } finally {
      await onRouter(`iptables -D ${rule}`);
    }
  });
});
