/** The underlay's MTU, read on real nodes. */
import { describe, expect, it } from "vitest";
import { underlayMtu } from "../../providers/implementations/underlay-mtu.ts";
import { labNodes, on } from "../support/lab-nodes.ts";

describe("the measured MTU of an underlay", () => {
  const lab = labNodes({ subnodes: 2, openVswitch: false });
  const measure = async (nodes = lab().nodes) =>
    (await underlayMtu.create({ nodes: [...nodes], environment: lab().environment })).outs.mtu;

  it("is the interfaces' where routes say nothing", async () => {
    expect(await measure()).toBe(1500);
  });

  it("is the smallest of any node, and is found by a refresh", async () => {
    const nodes = [...lab().nodes];
    const [, subnode] = nodes;
    if (subnode === undefined) throw new Error("two subnodes were asked for");
    await on(subnode, "ip link set eth0 mtu 1400");
    // Red when only the primary is asked, or when read gives the recorded number back.
    expect((await underlayMtu.read("measured", { nodes, mtu: 1500, environment: lab().environment })).props?.mtu).toBe(
      1400,
    );
    await on(subnode, "ip link set eth0 mtu 1500");
  });

  it("is a route's own where it has one", async () => {
    const [primary, subnode] = lab().nodes;
    if (primary === undefined || subnode === undefined) throw new Error("two subnodes were asked for");
    const gateway = (await on(primary, "ip -o route show default")).split(" ")[2];
    await on(primary, `ip route add ${subnode.address} via ${gateway} mtu 1300`);
    expect(await measure()).toBe(1300);
    await on(primary, `ip route delete ${subnode.address}`);
  });

  it("is that of the underlay's interface for a node that is alone", async () => {
    expect(await measure(lab().nodes.slice(0, 1))).toBe(1500);
  });
});
