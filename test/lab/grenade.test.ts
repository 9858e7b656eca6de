/** An upgrade job on real nodes: both of grenade's devstacks are configured, from one configuration. */
import { describe, expect, it } from "vitest";
import { testStack } from "../support/stack.ts";

describe("an upgrade job", () => {
  const stack = testStack({ devstack: { grenade: { base: "wallaby", target: "today" } } });

  it("gives every node the old and the new local.conf, and takes both away", async () => {
    const environment = stack();
    await environment.up();
    for (const node of ["primary", "subnode-1"]) {
      // Red when one side is missing, or has the other's phase or folder.
      expect(await environment.on(node, "grep -hE '^(GRENADE_PHASE|DEST)=' /opt/stack/old/devstack/local.conf")).toBe(
        "DEST=/opt/stack/old\nGRENADE_PHASE=base",
      );
      expect(await environment.on(node, "grep -hE '^(GRENADE_PHASE|DEST)=' /opt/stack/new/devstack/local.conf")).toBe(
        "DEST=/opt/stack/new\nGRENADE_PHASE=target",
      );
      expect((await environment.attempt(node, "ls /opt/stack/devstack")).code).not.toBe(0);
    }
    expect(await environment.preview("--refresh")).toEqual([]);

    environment.configure({});
    await environment.up();
    expect(await environment.on("primary", "find /opt/stack -name local.conf")).toBe("/opt/stack/devstack/local.conf");
  });
});
