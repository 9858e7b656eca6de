import { describe, expect, it } from "vitest";
import { differences } from "../../bench/end-state.ts";
import { benchConfiguration, benchSettings, underlayFacts } from "../../bench/site.ts";
import { buildPlan } from "../../model/plan.ts";

const addresses = { primary: "10.200.0.10", "subnode-1": "10.200.0.18", "subnode-2": "10.200.0.26" };
const plan = buildPlan(benchSettings("bench", benchConfiguration(3, "10.200.0.0/16")), underlayFacts);

const address = { family: "inet", local: "172.24.4.2", prefixlen: 23 };
const linkLocal = { family: "inet6", local: "fe80::1", prefixlen: 64 };
const flat = { ifname: "br_flat", mtu: 1450, flags: ["BROADCAST", "UP"], addr_info: [linkLocal] };
const pub = { ...flat, ifname: "br_pub", addr_info: [address, linkLocal] };
const options = { key: "1000002", local_ip: "10.200.0.18", remote_ip: "10.200.0.10", dst_port: "4789" };

/** What `subnode-1` prints, with parts changed. */
function printed(change: { pub?: object | null; options?: Record<string, string>; ports?: string } = {}): string {
  const tunnel = (name: string, own: Record<string, string>) => [name, "vxlan", ["map", Object.entries(own)]];
  const interfaces = {
    headings: ["name", "type", "options"],
    data: [
      tunnel("br_pub_10.200.0.10", { ...options, ...change.options }),
      tunnel("br_flat_10.200.0.10", { ...options, key: "1000129" }),
      ["phy0", "", ["map", []]],
    ],
  };
  const devices = [...(change.pub === null ? [] : [{ ...pub, ...change.pub }]), flat];
  const ports = change.ports ?? "br_pub_10.200.0.10";
  return [JSON.stringify(devices), JSON.stringify(interfaces), ports, "br_flat_10.200.0.10"].join("\n");
}

describe("the end state of a node", () => {
  it("is as planned", () => expect(differences(plan, "subnode-1", addresses, printed())).toEqual([]));

  it.each([
    ["no bridge", { pub: null }, "br_pub: expected a bridge, found none"],
    ["another MTU", { pub: { mtu: 1500 } }, "MTU of br_pub: expected 1450, found 1500"],
    ["a link that is down", { pub: { flags: [] } }, "br_pub: expected it up, found it down"],
    ["no address", { pub: { addr_info: [] } }, "addresses of br_pub: expected 172.24.4.2/23, found none"],
    [
      "an address too many",
      { pub: { addr_info: [address, { ...address, local: "172.24.4.9" }] } },
      "addresses of br_pub: expected 172.24.4.2/23, found 172.24.4.2/23; 172.24.4.9/23",
    ],
    [
      "another VNI",
      { options: { key: "1000003" } },
      "tunnels of br_pub: expected VNI 1000002 from 10.200.0.18 to 10.200.0.10 port 4789, found VNI 1000003 from 10.200.0.18 to 10.200.0.10 port 4789",
    ],
    [
      "a tunnel on no bridge",
      { ports: "" },
      "tunnels of br_pub: expected VNI 1000002 from 10.200.0.18 to 10.200.0.10 port 4789, found none",
    ],
  ])("differs with %s", (_what, change, difference) =>
    expect(differences(plan, "subnode-1", addresses, printed(change))).toEqual([difference]),
  );
});
