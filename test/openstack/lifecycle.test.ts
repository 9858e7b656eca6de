/** The main job on servers of a cloud: make an environment, find it unchanged, change it, remove it without a trace. */
import { existsSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { changeLines, changesOf } from "../support/changes.ts";
import { startPings } from "../support/pings.ts";
import { leaksOf, privateKeyLines, secretsOf } from "../support/secrets.ts";
import { expectSameMachine, type Snapshot, snapshot } from "../support/snapshot.ts";
import { accounts } from "./cloud/layout.ts";
import { type CloudStack, cloudStack } from "./stack.ts";

/** Kinds of checks that flavor neutron-dvr has on nodes that can carry probe guests. */
const KINDS = ["underlay", "overlay", "mtu", "guest-ping", "guest-tcp", "guest-ssh", "transfer", "isolation"];

/**
 * Answers of 20 a second that may be missing: a switch in userspace may stumble over one when a port comes or goes, on a machine
 * with other work. A tunnel that is made anew loses a second's and more.
 */
const HICCUP = 2;

/** What is made anew with a subnode's server, by logical name. */
const onServer = (node: string): readonly string[] => [
  ...[node, `${node}-answers`, `host-${node}`, `local-conf-${node}`],
  ...[`public-bridge-${node}`, `public-tunnel-primary-${node}`],
];

/** Everything that comes and goes with a subnode. */
const partsOf = (node: string): readonly string[] => [
  ...onServer(node),
  ...[`port-${node}`, `floating-${node}`, `floating-${node}-association`, `preflight-${node}`],
];

const changed = (op: string, names: readonly string[]): readonly string[] => names.map((name) => `${op} ${name}`);

describe("an environment of three servers", () => {
  const stack = cloudStack();
  let objects: readonly string[];
  let machine: Snapshot;
  const printed: string[] = [];

  beforeAll(async () => {
    objects = await stack().cloud.inventory();
    machine = await snapshot(stack());
  });

  it("comes up, proves itself, and stays as it is", async () => {
    const environment = stack();
    printed.push((await environment.up("--diff", "-v=1", "--logtostderr")).all);

    const outputs = JSON.parse((await environment.succeed(["stack", "output", "--json"])).stdout);
    expect(outputs.nodes).toMatchObject([
      { name: "primary", address: "10.30.0.10" },
      { name: "subnode-1", address: "10.30.0.11" },
      { name: "subnode-2", address: "10.30.0.12" },
    ]);
    // The cloud's networks are tunnels: their MTU is 1450.
    expect(outputs.overlays).toMatchObject([{ bridge: "br-ex", mtu: 1400, port: 4789, topology: "star" }]);
    expect(outputs.verification.failed).toEqual([]);
    const { results } = JSON.parse(readFileSync(outputs.verification.report, "utf8"));
    const kinds = new Set(results.map(({ kind }: { kind: string }) => kind));
    expect([...kinds].sort()).toEqual(KINDS.toSorted());
    await expectSpread(environment);

    const preview = await environment.succeed(["preview", "--refresh", "--json"]);
    printed.push(preview.all);
    expect(changesOf(preview.stdout)).toEqual([]);
    await environment.succeed(["refresh", "--yes", "--skip-preview", "--expect-no-changes"]);
  });

  it("shows no credential in state, outputs or what servers are told", async () => {
    const environment = stack();
    const secrets = [
      accounts.tests.password,
      ...(await secretsOf(environment)),
      ...(await privateKeyLines(environment)),
    ];
    expect(secrets.length).toBeGreaterThan(7);
    // A changed file makes the engine print both versions of it.
    environment.chooseNodes({}, { devstack: { localrc: { all: { VERBOSE: "changed" } } } });
    printed.push((await environment.succeed(["preview", "--diff"])).all);
    environment.chooseNodes({});
    printed.push((await environment.succeed(["stack", "output", "--json"])).all);
    const servers = await environment.cloud.admin.get("nova", "/v2.1/servers/detail?all_tenants=1");
    const state = (await environment.state()).text;
    const places = { state, output: printed.join("\n"), "servers and their user data": JSON.stringify(servers) };
    expect(leaksOf(places, secrets)).toEqual([]);
  });

  it("lets a node come and a middle one go, and the others are not disturbed", async () => {
    const environment = stack();
    const before = await standing(environment);
    const stream = await startPings(environment, "subnode-2", "172.24.4.1");

    environment.chooseNodes({ subnodes: [2, 3] });
    expect(changeLines(await environment.preview()).toSorted()).toEqual(
      [
        ...changed("create", partsOf("subnode-3")),
        ...changed("delete", partsOf("subnode-1")),
        // The servers are waited for and the hosts checked; hosts and files name all nodes, and the whole is proven again.
        ...changed("update", [
          "active-servers",
          "preflight",
          "host-primary",
          "host-subnode-2",
          "files",
          "verification",
        ]),
      ].toSorted(),
    );
    await environment.up();

    expect(await stream.lost()).toBeLessThanOrEqual(HICCUP);
    expect(await standing(environment)).toEqual(before);
    await expectSpread(environment);
  });

  it("makes one node anew on its old addresses, and the others are not disturbed", async () => {
    const environment = stack();
    const before = await standing(environment);
    const old = await environment.cloud.server(`${environment.name}-subnode-3`);
    const stream = await startPings(environment, "subnode-2", "172.24.4.1");
    const urns = (await environment.succeed(["stack", "--show-urns"])).stdout;
    const urn = /urn:.*compute\/instance:Instance::subnode-3$/m.exec(urns)?.[0] ?? "";

    expect(changeLines(await environment.preview("--replace", urn)).toSorted()).toEqual(
      [
        ...changed("replace", onServer("subnode-3")),
        ...changed("update", ["preflight", "preflight-subnode-3", "host-primary", "host-subnode-2"]),
        ...changed("update", ["files", "verification"]),
      ].toSorted(),
    );
    await environment.up("--replace", urn);

    expect(await stream.lost()).toBeLessThanOrEqual(HICCUP);
    expect(await standing(environment)).toEqual(before);
    const now = await environment.cloud.server(old.name);
    expect(now.id).not.toBe(old.id);
    expect(now.addresses).toEqual(old.addresses);
  });

  it("resizes servers, which boot again, and makes anew what lives on them", async () => {
    const environment = stack();
    const ids = (await environment.cloud.servers()).map(({ id }) => id).toSorted();
    environment.chooseNodes({ subnodes: [2, 3], flavor: "m1.large" });
    const nodes = ["primary", "subnode-2", "subnode-3"];
    const lines = changeLines(await environment.preview());
    expect(lines.filter((line) => /^(create|delete) /.test(line))).toEqual([]);
    expect(lines.filter((line) => line.startsWith("replace ")).toSorted()).toEqual(
      [
        ...changed("replace", ["public-tunnel-primary-subnode-2", "public-tunnel-primary-subnode-3"]),
        ...nodes.flatMap((node) => changed("replace", [`host-${node}`, `local-conf-${node}`, `public-bridge-${node}`])),
      ].toSorted(),
    );
    await environment.up();

    const servers = await environment.cloud.servers();
    expect(servers.map(({ id }) => id).toSorted()).toEqual(ids);
    expect(servers.map(({ status, flavor }) => `${status} ${flavor.original_name}`)).toEqual(
      nodes.map(() => "ACTIVE m1.large"),
    );
    expect(await environment.preview("--refresh")).toEqual([]);
  });

  it("goes without a trace in the cloud and on this machine", async () => {
    const environment = stack();
    await environment.destroy();
    expect(existsSync(environment.generated)).toBe(false);
    expect((await environment.state()).resources).toEqual([]);
    await environment.cloud.expectInventory(objects);
    await expectSameMachine(environment, machine);
  });
});

/** What has to stay the same on a node that stays: its tunnel, addresses, file, and its first process. */
async function standing(environment: CloudStack): Promise<string> {
  const tunnel = "ovs-vsctl --columns=_uuid,name,options,ofport find interface type=vxlan";
  return await environment.on(
    "subnode-2",
    `sudo sh -c '${tunnel}; ip address show dev br-ex; cat /opt/stack/devstack/local.conf; cut -d " " -f 22 /proc/1/stat'`,
  );
}

/** The servers are spread by a group that all are in. */
async function expectSpread({ cloud }: CloudStack): Promise<void> {
  const { server_groups: groups } = await cloud.tests.get<{ server_groups: { policy: string; members: string[] }[] }>(
    "nova",
    "/v2.1/os-server-groups",
  );
  const ids = (await cloud.servers()).map(({ id }) => id);
  expect(groups.map(({ policy, members }) => ({ policy, members: members.toSorted() }))).toEqual([
    { policy: "soft-anti-affinity", members: ids.toSorted() },
  ]);
}
