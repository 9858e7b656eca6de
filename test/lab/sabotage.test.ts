/** Things broken by hand on a deployed stack: the check fails in time and names the right nodes and the cause. */

import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { type Sabotage, sabotages, type Victim } from "../support/sabotage.ts";
import { type TestStack, testStack } from "../support/stack.ts";

/** Seconds in which the check of three nodes has to fail. */
const FAILS_WITHIN_SECONDS = 30;

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

  it.each(sabotages.map((_, index) => index))("kind %i is named, and nothing else", async (index) => {
    const chosen = await victim(stack());
    const sabotage = sabotages[index]?.(chosen);
    if (sabotage === undefined) throw new Error("no such sabotage");
    const { causes = [] } = await checkWith(stack(), [[sabotage, chosen.peer.name]]);
    expect(causes[0], sabotage.name).toBe("likely causes:");
    expectNamed(causes, sabotage);
    expect(causes.length, causes.join("\n")).toBe(2);
  });

  it.each([0, 1, 2, 3])("pair %i: both are named", async () => {
    const first = Math.floor(random() * sabotages.length);
    const second = (first + 1 + Math.floor(random() * (sabotages.length - 1))) % sabotages.length;
    const [one, other] = [await victim(stack()), await victim(stack())];
    const pair = [
      [sabotages[first]?.(one), one.peer.name] as const,
      [sabotages[second]?.(other), other.peer.name] as const,
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
