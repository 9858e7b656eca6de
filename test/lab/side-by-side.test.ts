/** Two environments on one machine do not know of each other. */
import { describe, expect, it } from "vitest";
import { startPings } from "../support/pings.ts";
import { testStack } from "../support/stack.ts";

describe("two environments with the same overlay ranges", () => {
  const gate = testStack({ nodes: { lab: { subnodes: 1 } } });
  const other = testStack({ nodes: { lab: { subnodes: 1 } } });

  it("come up at the same time, and one outlives the other without losing a packet", async () => {
    await Promise.all([gate().up(), other().up()]);
    const stream = await startPings(other(), "primary", "172.24.4.2");

    await gate().destroy();
    // Red when a sweep or a route takes more than what carries its own lab's mark.
    expect(await stream.lost()).toBe(0);
    expect(await other().preview("--refresh")).toEqual([]);
  });
});
