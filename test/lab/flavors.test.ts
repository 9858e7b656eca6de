/** Every job flavor on real nodes, made fresh and made out of another. */
import { describe, expect, it } from "vitest";
import { changeLines, changesMade } from "../support/changes.ts";
import { type NodeFacts, nodeFacts } from "../support/node-facts.ts";
import { randomRange } from "../support/ranges.ts";
import { expectSameMachine, snapshot } from "../support/snapshot.ts";
import { type TestConfig, type TestStack, testStack } from "../support/stack.ts";
import { linesOfSwitch } from "../support/switching.ts";

/** One underlay for all, used one after the other, so that addresses can be compared. */
const underlay = randomRange();

/** A flavor, and what the domain's facts say that its nodes carry. */
interface Case {
  readonly title: string;
  readonly config: TestConfig;
  readonly openVswitch: boolean;
  /** Bridges of every node, with the address of the primary on each. */
  readonly bridges: Readonly<Record<string, string | null>>;
  /** VNIs of the primary's tunnels. */
  readonly vnis: readonly number[];
  readonly patches?: readonly string[];
}

const cases: readonly Case[] = [
  {
    title: "nova-network",
    config: { flavor: "nova-network" },
    openVswitch: true,
    bridges: { br_flat: null, br_pub: "172.24.4.1/23" },
    vnis: [1000002, 1000003, 1000129, 1000130],
  },
  {
    title: "nova-network with the linux driver",
    config: { flavor: "nova-network", overlay: { driver: "linux" } },
    openVswitch: false,
    bridges: { br_flat: null, br_pub: "172.24.4.1/23" },
    vnis: [1000002, 1000003, 1000129, 1000130],
  },
  { title: "neutron", config: { flavor: "neutron" }, openVswitch: true, bridges: {}, vnis: [] },
  {
    title: "neutron with a public bridge",
    config: { flavor: "neutron", overlay: { publicBridge: true } },
    openVswitch: true,
    bridges: { "br-ex": "172.24.4.1/23" },
    vnis: [1000002, 1000003],
  },
  {
    title: "neutron-dvr",
    config: { flavor: "neutron-dvr" },
    openVswitch: true,
    bridges: { "br-ex": "172.24.4.1/23" },
    vnis: [1000002, 1000003],
  },
  {
    title: "neutron-dvr, patched",
    config: { flavor: "neutron-dvr", overlay: { layout: "patched" } },
    openVswitch: true,
    bridges: { "br-ex": null, "br-infra": "172.24.4.1/23" },
    vnis: [1000002, 1000003],
    patches: ["patch-br-ex patch-br-infra", "patch-br-infra patch-br-ex"],
  },
  {
    title: "neutron-dvr-ha",
    config: { flavor: "neutron-dvr-ha" },
    openVswitch: true,
    bridges: { "br-ex": "172.24.4.1/23" },
    vnis: [1000002, 1000003],
  },
  {
    title: "neutron-ovn",
    config: { flavor: "neutron-ovn" },
    openVswitch: true,
    bridges: { "br-ex": null, "br-infra": "172.24.4.1/23" },
    vnis: [1000002, 1000003],
    patches: ["patch-br-ex patch-br-infra", "patch-br-infra patch-br-ex"],
  },
  {
    title: "ironic",
    config: { flavor: "ironic" },
    openVswitch: true,
    bridges: { br_ironic_vxlan: null },
    vnis: [1000129, 1000130],
  },
];

/** Milliseconds that ten switches may take on a busy machine: a limit for what hangs. */
const CHAIN_TIMEOUT_MS = 1_200_000;

const nodeNames = ["primary", "subnode-1", "subnode-2"] as const;

const onUnderlay = (config: TestConfig): TestConfig => ({ ...config, nodes: { lab: { underlay } } });

async function factsOf(stack: TestStack, openVswitch: boolean): Promise<readonly NodeFacts[]> {
  return await Promise.all(nodeNames.map((node) => nodeFacts(stack, node, openVswitch)));
}

describe("a flavor's stack", () => {
  const fresh = new Map<string, readonly NodeFacts[]>();
  const stack = testStack(onUnderlay({}));

  it.each(cases)("$title: comes up as the domain's facts say, is found unchanged, and goes", async (flavor) => {
    const environment = stack();
    const before = await snapshot(environment);
    environment.configure(onUnderlay(flavor.config));
    await environment.up();
    const facts = await factsOf(environment, flavor.openVswitch);
    const [primary] = facts;
    // Red when an overlay is missing, or an address, VNI or patch port is not the predecessor's.
    for (const { links } of facts) expect(Object.keys(links).sort()).toEqual(Object.keys(flavor.bridges).sort());
    expect(
      Object.fromEntries(
        Object.entries(primary?.links ?? {}).map(([name, { addresses }]) => [name, addresses[0] ?? null]),
      ),
    ).toEqual(flavor.bridges);
    expect(primary?.tunnels.map((tunnel) => Number(tunnel.split(" ")[1])).sort()).toEqual(flavor.vnis);
    expect(primary?.patches).toEqual(flavor.patches ?? []);
    for (const { links } of facts)
      for (const { mtu, up } of Object.values(links)) expect({ mtu, up }).toEqual({ mtu: 1450, up: true });
    expect(await environment.preview("--refresh")).toEqual([]);
    fresh.set(flavor.title, facts);
    await environment.destroy();
    await expectSameMachine(environment, before);
  });

  it("is the same when it was made out of another flavor's, and back", { timeout: CHAIN_TIMEOUT_MS }, async () => {
    const environment = stack();
    const chain = [...cases, ...cases.slice(0, 1)];
    let previous: TestConfig | undefined;
    for (const flavor of chain) {
      const config = onUnderlay(flavor.config);
      environment.configure(config);
      if (previous !== undefined) {
        const wanted = linesOfSwitch(environment.name, previous, config);
        expect(wanted.length, `${flavor.title} changes something`).toBeGreaterThan(0);
        // Red when a preview hides something that goes or comes, or announces what the switch does not need.
        expect(
          changeLines(await environment.preview("--show-replacement-steps")).toSorted(),
          `preview of ${flavor.title}`,
        ).toEqual(wanted);
        const { stdout } = await environment.up("--json");
        expect(changeLines(changesMade(stdout)).toSorted(), `up of ${flavor.title}`).toEqual(wanted);
      } else await environment.up();
      previous = config;
      // Red when a late delete of the old flavor takes something of the new one with it, or leaves something behind.
      expect(await factsOf(environment, flavor.openVswitch), flavor.title).toEqual(fresh.get(flavor.title));
      expect(await environment.preview("--refresh"), flavor.title).toEqual([]);
    }
    await environment.destroy();
  });
});
