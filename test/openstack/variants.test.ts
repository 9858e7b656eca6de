/** What else a stack may ask of a cloud: networks that are there, regions, images without Open vSwitch, volumes. */
import { describe, expect, it } from "vitest";
import { overlaps } from "../../model/addresses.ts";
import { changeLines } from "../support/changes.ts";
import { testCloud } from "./cloud/index.ts";
import { cloudStack } from "./stack.ts";

const cloud = testCloud();
const [routed = ""] = cloud.routedRanges;

describe("servers on a network that is there, in another region", () => {
  const stack = cloudStack({ network: "shared", region: "RegionTwo", subnodes: 1 }, { verify: "nodes" });

  it("have the addresses that the cloud gives them, and the network's MTU", async () => {
    const environment = stack();
    const before = await cloud.inventory();
    await environment.up();
    const { nodes, overlays, verification } = JSON.parse(
      (await environment.succeed(["stack", "output", "--json"])).stdout,
    );
    const [{ cidr = "" } = {}] = await subnetsOf("shared");
    for (const { address, publicAddress } of nodes) {
      expect(overlaps(cidr, `${address}/32`)).toBe(true);
      expect(publicAddress).toBe(null);
    }
    expect(overlays).toMatchObject([{ bridge: "br-ex", mtu: 1400 }]);
    expect(verification.failed).toEqual([]);
    expect(await environment.preview("--refresh")).toEqual([]);

    // Red when the region is not part of what tells providers apart: servers would be looked for where they are not.
    environment.chooseNodes({ network: "shared", region: "RegionOne", subnodes: 1 }, { verify: "nodes" });
    const changes = changeLines(await environment.preview());
    expect(changes).toEqual(
      expect.arrayContaining([
        "create openstack-regionone",
        "delete openstack-regiontwo",
        ...["primary", "subnode-1", "port-primary", "login", "security-group"].map((name) => `replace ${name}`),
      ]),
    );

    await environment.destroy();
    await cloud.expectInventory(before);
  });
});

describe("servers of an image without Open vSwitch, reached without floating addresses", () => {
  const nodes = { image: "debian-12-plain", range: routed, floatingAddresses: false, subnodes: 1 };
  const stack = cloudStack(nodes, { verify: "nodes" });

  it("are refused for bridges that need it, and carry those that do not", async () => {
    const environment = stack();
    const refused = await environment.pulumi("up", "--yes", "--skip-preview");
    expect(refused.code, refused.all).not.toBe(0);
    console.log(refused.all);

    environment.chooseNodes(nodes, { verify: "nodes", overlay: { driver: "linux" } });
    const up = await environment.pulumi("up", "--yes", "--skip-preview");
    console.log(up.all);
    const { overlays, verification } = JSON.parse((await environment.succeed(["stack", "output", "--json"])).stdout);
    expect(overlays).toMatchObject([{ bridge: "br-ex", mtu: 1400, driver: "linux" }]);
    expect(verification.failed).toEqual([]);
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

async function subnetsOf(name: string): Promise<readonly { cidr: string }[]> {
  return (await cloud.admin.get<{ subnets: { cidr: string }[] }>("neutron", `/v2.0/subnets?name=${name}`)).subnets;
}
