import { describe, expect, it } from "vitest";
import { floorScript } from "../../bench/floor.ts";
import { benchConfiguration, benchSettings, underlayFacts } from "../../bench/site.ts";
import { buildPlan } from "../../model/plan.ts";

const addresses = { primary: "10.200.0.10", "subnode-1": "10.200.0.18", "subnode-2": "10.200.0.26" };
const plan = buildPlan(benchSettings("bench", benchConfiguration(3, "10.200.0.0/16")), underlayFacts);
const script = (node: string): string => floorScript(plan, node, addresses).text;

describe("the floor", () => {
  it("is one transaction and one batch on each node", () => {
    for (const node of Object.keys(addresses)) {
      expect(script(node).match(/ovs-vsctl/g)).toHaveLength(1);
      expect(script(node).match(/ip -batch/g)).toHaveLength(1);
    }
  });

  it("makes both bridges, the address of one, and the planned MTU", () => {
    expect(script("subnode-2")).toContain("add-br br_pub ");
    expect(script("subnode-2")).toContain("add-br br_flat ");
    expect(script("subnode-2").match(/mtu_request=1450/g)).toHaveLength(2);
    expect(script("subnode-2").match(/address replace/g)).toHaveLength(1);
    expect(script("subnode-2")).toContain("address replace 172.24.4.3/23 dev br_pub");
  });

  it("makes the star's tunnels with the planned VNIs, seen from either end", () => {
    expect(script("primary").match(/type=vxlan/g)).toHaveLength(4);
    expect(script("subnode-1").match(/type=vxlan/g)).toHaveLength(2);
    expect(script("subnode-1")).toContain(
      "options:key=1000129 options:local_ip=10.200.0.18 options:remote_ip=10.200.0.10 options:dst_port=4789",
    );
    expect(script("primary")).toContain(
      "options:key=1000129 options:local_ip=10.200.0.10 options:remote_ip=10.200.0.18 options:dst_port=4789",
    );
  });
});
