/** Two environments on one machine do not know of each other. */
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { startPings } from "../support/pings.ts";
import { type TestStack, testStack } from "../support/stack.ts";

/** Where the primary's first guest of either stack is reached: the same, as both have the same ranges. */
const guestAddress = "172.24.5.254";

describe("two environments with the same overlay ranges", () => {
  const gate = testStack({ nodes: { lab: { subnodes: 1 } } });
  const other = testStack({ nodes: { lab: { subnodes: 1 } } });

  it("come up at the same time, and one outlives the other without losing a packet", async () => {
    await Promise.all([gate().up(), other().up()]);
    // The other stack answers for an address of this one's guests: the frames that ask for it must not reach it.
    await other().on("primary", `ip address add ${guestAddress} dev br-ex`);
    const apart = await gate().tool("verify", gate().name);
    expect(apart.code, apart.all).toBe(0);
    await joinBridges(gate(), other());
    const joined = await gate().tool("verify", gate().name);
    expect(joined.all).toContain(`addresses for probe guests are in use by somebody else: ${guestAddress}`);
    await partBridges(gate(), other());
    await other().on("primary", `ip address delete ${guestAddress}/32 dev br-ex`);

    const stream = await startPings(other(), "primary", "172.24.4.2");

    await gate().destroy();
    // Red when a sweep or a route takes more than what carries its own lab's mark.
    expect(await stream.lost()).toBe(0);
    expect(await other().preview("--refresh")).toEqual([]);
  });
});

/** Namespace of a stack's primary. */
function primaryOf(stack: TestStack): string {
  const [lab] = stack.labs();
  return `multinode-${stack.name}-${lab?.id}-primary`;
}

/** Plugs a cable between the primaries' bridges: what isolation is there to notice. */
async function joinBridges(one: TestStack, other: TestStack): Promise<void> {
  const ends = ["peer", "name", "leak", "netns"];
  const near = ["link", "add", "leak", "netns", primaryOf(one), "type", "veth"];
  await execa("ip", [...near, ...ends, primaryOf(other)]);
  for (const stack of [one, other]) await stack.on("primary", "ip link set leak up && ovs-vsctl add-port br-ex leak");
}

async function partBridges(one: TestStack, other: TestStack): Promise<void> {
  for (const stack of [one, other]) await stack.on("primary", "ovs-vsctl del-port br-ex leak");
  await one.on("primary", "ip link delete leak");
}
