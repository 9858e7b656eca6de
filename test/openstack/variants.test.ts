/** What else a stack may ask of a cloud: networks that are there, regions, images without Open vSwitch, volumes. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { overlaps } from "../../model/addresses.ts";
import { changeLines } from "../support/changes.ts";
import { until } from "../support/until.ts";
import { testCloud } from "./cloud/index.ts";
import { type CloudStack, cloudStack } from "./stack.ts";

/** Seconds for a server to be ACTIVE. */
const SERVER_SECONDS = 120;

const cloud = testCloud();
/** Bridges of the kernel's own, proven without probe guests. */
const config = { flavor: "nova-network", verify: "nodes", overlay: { driver: "linux" } };

describe("servers on a network that is there, in another region, without Open vSwitch", () => {
  const nodes = { network: "shared", region: "RegionTwo", image: "debian-12-plain", subnodes: 1 };
  const stack = cloudStack(nodes, { ...config, overlay: { driver: "openvswitch" } });
  let before: readonly string[];

  beforeAll(async () => {
    before = await cloud.inventory();
  });

  it("are refused bridges that they cannot carry", async () => {
    const environment = stack();
    const { code, all } = await environment.tool("start", environment.name);
    expect(code, all).not.toBe(0);
    // Open vSwitch was installed; this machine's kernel has no datapath for it.
    expect(all).toMatch(/primary: make bridge br_(pub|flat): /);
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
    expect(outputs.overlays).toMatchObject([
      { bridge: "br_pub", mtu: 1400, driver: "linux" },
      { bridge: "br_flat", mtu: 1400, driver: "linux" },
    ]);
    expect(await environment.preview("--refresh")).toEqual([]);
  });

  it("are joined by one that was there before, which stays what it is", async () => {
    const environment = stack();
    const { id, port } = await serverOfSomebody(environment);
    const { resources } = await environment.state();
    const urnOf = (type: string) => resources.find((resource) => resource.type === type)?.urn;
    const about = { parent: "nodes", provider: "cloud" };
    const wanted = {
      nameTable: {
        nodes: urnOf("devstack-multinode:nodes:Openstack"),
        cloud: urnOf("pulumi:providers:openstack"),
      },
      resources: [
        { type: "openstack:networking/port:Port", name: "port-subnode-2", id: port, ...about },
        { type: "openstack:compute/instance:Instance", name: "subnode-2", id, ...about },
      ],
    };
    const file = join(environment.project.temporary, "import.json");
    writeFileSync(file, JSON.stringify(wanted));
    const flags = ["--yes", "--skip-preview", "--generate-code=false", "--protect=false"];
    await environment.succeed(["import", "--file", file, ...flags]);

    environment.chooseNodes({ ...nodes, subnodes: 2, adopted: ["subnode-2"] }, config);
    const lines = changeLines(await environment.preview());
    expect(lines).toEqual(
      expect.arrayContaining(["update port-subnode-2", "update subnode-2", "create host-subnode-2"]),
    );
    expect(lines.filter((line) => line.startsWith("replace "))).toEqual([]);
    await environment.up();
    expect((await cloud.server(`${environment.name}-subnode-2`)).id).toBe(id);
    expect(await environment.preview("--refresh")).toEqual([]);
  });

  it("are made anew in another region", async () => {
    const environment = stack();
    environment.chooseNodes({ ...nodes, region: "RegionOne" }, config);
    // Red when providers of two regions are one: servers would be looked for where they are not.
    const lines = changeLines(await environment.preview());
    expect(lines).toEqual(
      expect.arrayContaining([
        ...["create openstack-region-one", "delete openstack-region-two"],
        ...["login", "servers", "security-group", "allow-ssh"].map((name) => `replace ${name}`),
        ...["primary", "port-primary", "public-bridge-primary"].map((name) => `replace ${name}`),
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

/** A server with its port that nobody's stack has made, which takes the stack's login. */
async function serverOfSomebody(environment: CloudStack): Promise<{ readonly id: string; readonly port: string }> {
  const [like] = await cloud.servers();
  const name = `${environment.name}-before`;
  const { server: about } = await cloud.admin.get<{
    server: { flavor: { original_name: string }; image: { id: string }; "OS-EXT-SRV-ATTR:user_data": string };
  }>("nova", `/v2.1/servers/${like?.id}`);
  const login = Buffer.from(about["OS-EXT-SRV-ATTR:user_data"], "base64").toString();
  const { flavors } = await cloud.tests.get<{ flavors: { id: string; name: string }[] }>("nova", "/v2.1/flavors");
  const { networks } = await cloud.tests.get<{ networks: { id: string }[] }>("neutron", "/v2.0/networks?name=shared");
  const { server } = await cloud.tests.post<{ server: { id: string } }>("nova", "/v2.1/servers", {
    server: {
      name,
      imageRef: about.image.id,
      flavorRef: flavors.find(({ name }) => name === about.flavor.original_name)?.id,
      networks: [{ uuid: networks[0]?.id }],
      user_data: Buffer.from(login.replace(/^hostname: .*$/m, `hostname: ${name}`)).toString("base64"),
    },
  });
  const isUp = async () => (await cloud.servers()).some(({ id, status }) => id === server.id && status === "ACTIVE");
  await until("the server to be ACTIVE", SERVER_SECONDS, isUp);
  const { ports } = await cloud.tests.get<{ ports: { id: string }[] }>("neutron", `/v2.0/ports?device_id=${server.id}`);
  return { id: server.id, port: ports[0]?.id ?? "" };
}
