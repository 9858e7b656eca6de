import { describe, expect, it } from "vitest";
import { inventoryOf } from "../../bench/ansible.ts";
import { benchConfiguration, benchSettings, underlayFacts } from "../../bench/site.ts";
import { buildPlan } from "../../model/plan.ts";

const plan = buildPlan(benchSettings("bench", benchConfiguration(3, "10.200.0.0/16")), underlayFacts);
const handle = (name: string, address: string) => ({
  name,
  address,
  host: address,
  port: 22,
  user: "root",
  hostKey: "ssh-ed25519 AAAA",
  identityFile: "/key",
  incarnation: "1",
});
const handles = {
  primary: handle("primary", "10.200.0.10"),
  "subnode-1": handle("subnode-1", "10.200.0.18"),
  "subnode-2": handle("subnode-2", "10.200.0.26"),
};

describe("the inventory for Ansible", () => {
  it("asks the playbook for what the plan says of a node", () => {
    expect(inventoryOf({ plan, handles }, "/known_hosts")).toMatchObject({
      all: {
        vars: { ansible_ssh_common_args: "-o UserKnownHostsFile=/known_hosts" },
        hosts: {
          "subnode-2": {
            ansible_host: "10.200.0.26",
            overlays: [
              { bridge: "br_pub", mtu: 1450, address: "172.24.4.3/23" },
              { bridge: "br_flat", mtu: 1450, address: "" },
            ],
            tunnels: [
              { bridge: "br_pub", vni: 1000003, local: "10.200.0.26", remote: "10.200.0.10", port: 4789 },
              { bridge: "br_flat", vni: 1000130, local: "10.200.0.26", remote: "10.200.0.10", port: 4789 },
            ],
          },
        },
      },
    });
  });
});
