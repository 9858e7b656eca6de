/** Drift of bridges and tunnels of the kernel: seen with its property named, and repaired, and only that. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Change } from "../support/changes.ts";
import { testStack } from "../support/stack.ts";

const update = (name: string, ...properties: string[]): Change => ({ op: "update", name, properties });

/** The name of a subnode's tunnel on a bridge. */
const tunnelOf = (bridge: string): string => `$(ls /sys/class/net/${bridge}/brif)`;

describe("drift with the kernel's driver", () => {
  const stack = testStack({ flavor: "nova-network", overlay: { driver: "linux" }, verify: "nodes" });

  beforeAll(async () => {
    await stack().up();
  });

  it("is seen and repaired: MTU, address, local address of a tunnel, tunnel out of its bridge, bridge", async () => {
    const environment = stack();
    await environment.on("primary", "ip link set br_pub mtu 1400");
    await environment.on("subnode-1", "ip address flush dev br_pub scope global");
    await environment.on("subnode-1", `ip link set ${tunnelOf("br_pub")} type vxlan local 192.0.2.1`);
    await environment.on("subnode-2", `ip link set ${tunnelOf("br_pub")} nomaster`);
    await environment.on("subnode-2", "ip link delete br_flat");
    expect(await environment.preview("--refresh")).toEqual([
      { op: "create", name: "guest-bridge-subnode-2", properties: [] },
      { op: "replace", name: "guest-tunnel-primary-subnode-2", properties: ["bridges", "ends"] },
      update("public-bridge-primary", "mtu"),
      update("public-bridge-subnode-1", "addresses"),
      update("public-tunnel-primary-subnode-1", "ends"),
      update("public-tunnel-primary-subnode-2", "ends"),
      update("verification", "revisions"),
    ]);

    await environment.up("--refresh");
    expect(await environment.on("primary", "cat /sys/class/net/br_pub/mtu")).toBe("1450");
    await environment.on("subnode-1", "ping -q -c 1 -w 3 172.24.4.3");
    expect(await environment.preview("--refresh")).toEqual([]);
  });
});
