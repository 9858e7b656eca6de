/** What else a stack may ask of a cloud: networks that are there, regions, images without Open vSwitch, volumes. */
import { beforeAll, describe, expect, it } from "vitest";
import { overlaps } from "../../model/addresses.ts";
import { changeLines } from "../support/changes.ts";
import { testCloud } from "./cloud/index.ts";
import { cloudStack } from "./stack.ts";

const cloud = testCloud();
/** Bridges of the kernel's own, proven without probe guests. */
const config = { verify: "nodes", overlay: { driver: "linux" } };

describe("servers on a network that is there, in another region, without Open vSwitch", () => {
  const nodes = { network: "shared", region: "RegionTwo", image: "debian-12-plain", subnodes: 1 };
  const stack = cloudStack(nodes, { verify: "nodes" });
  let before: readonly string[];

  beforeAll(async () => {
    before = await cloud.inventory();
  });

  it("are refused bridges that they cannot carry", async () => {
    const environment = stack();
    const { code, all } = await environment.tool("start", environment.name);
    expect(code, all).not.toBe(0);
    console.log(all);
  });

  it("carry others, with the addresses that the cloud gives them and the network's MTU", async () => {
    const environment = stack();
    environment.chooseNodes(nodes, config);
    const { code, all } = await environment.tool("start", environment.name);
    expect(code, all).toBe(0);
    expect(all).toMatch(/^verified: .*all held/m);

    const outputs = JSON.parse((await environment.succeed(["stack", "output", "--json"])).stdout);
    const cidr = await rangeOf("shared");
    for (const { address, publicAddress } of outputs.nodes) {
      expect(overlaps(cidr, `${address}/32`), `${address} in ${cidr}`).toBe(true);
      expect(publicAddress).toBe(null);
    }
    expect(outputs.overlays).toMatchObject([{ bridge: "br-ex", mtu: 1400, driver: "linux" }]);
    expect(await environment.preview("--refresh")).toEqual([]);
  });

  it("are made anew in another region", async () => {
    const environment = stack();
    environment.chooseNodes({ ...nodes, region: "RegionOne" }, config);
    // Red when providers of two regions are one: servers would be looked for where they are not.
    expect(changeLines(await environment.preview())).toEqual(
      expect.arrayContaining([
        "create openstack-regionone",
        "delete openstack-regiontwo",
        ...["primary", "subnode-1", "port-primary", "login", "security-group"].map((name) => `replace ${name}`),
      ]),
    );
    environment.chooseNodes(nodes, config);
  });

  it("go with npm run destroy", async () => {
    const environment = stack();
    const { code, all } = await environment.tool("destroy", environment.name);
    expect(code, all).toBe(0);
    await cloud.expectInventory(before);
  });
});

describe("servers that boot from volumes", () => {
  const stack = cloudStack({ volume: { size: 40, type: "ssd" }, subnodes: 0 });

  it("are asked for with a volume of the image, deleted with its server", async () => {
    const environment = stack();
    const { stdout } = await environment.succeed(["preview", "--json"]);
    const { steps } = JSON.parse(stdout) as {
      steps: { urn: string; newState?: { type: string; inputs: Record<string, unknown> } }[];
    };
    const server = steps.find(({ urn }) => urn.endsWith("compute/instance:Instance::primary"))?.newState?.inputs;
    console.log(JSON.stringify(server));
    expect(server).toMatchObject({
      blockDevices: [
        {
          sourceType: "image",
          destinationType: "volume",
          bootIndex: 0,
          deleteOnTermination: true,
          volumeSize: 40,
          volumeType: "ssd",
        },
      ],
    });
    expect(server).not.toHaveProperty("imageId");
  });
});

/** The range of the subnet of this name. */
async function rangeOf(name: string): Promise<string> {
  const { subnets } = await cloud.admin.get<{ subnets: { cidr: string }[] }>("neutron", `/v2.0/subnets?name=${name}`);
  return subnets[0]?.cidr ?? "";
}
