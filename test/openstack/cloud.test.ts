/** The test cloud itself: a server made through the API is a host that one can log in to, and goes with the server. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { PROJECT_PREFIX } from "../support/project.ts";
import { until } from "../support/until.ts";
import { testCloud } from "./cloud/index.ts";

/** Seconds for a server to be ACTIVE and for its SSH server to answer, on a busy machine. */
const SERVER_SECONDS = 120;

const cloud = testCloud();
let folder: string;
let publicKey: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), `${PROJECT_PREFIX}cloud-`));
  await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(folder, "key")]);
  publicKey = readFileSync(join(folder, "key.pub"), "utf8").trim();
});
afterEach(async () => await cloud.purge());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What of a server's creation a test chooses. */
interface Wanted {
  readonly name: string;
  readonly image?: string;
  readonly flavor?: string;
  readonly network?: string;
  readonly userData?: string;
  readonly keyName?: string;
}

async function idOf(service: "nova" | "glance" | "neutron", path: string, key: string, name: string): Promise<string> {
  const answer = await cloud.tests.get<Record<string, { id: string; name: string }[]>>(service, path);
  const found = answer[key]?.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no ${name} in ${key}`);
  return found.id;
}

/** Asks for a server in the network `shared`, or another. */
async function askForServer({
  name,
  image = "debian-12-plain",
  flavor = "m1.small",
  network,
  userData,
  keyName,
}: Wanted) {
  await cloud.tests.post("nova", "/v2.1/servers", {
    server: {
      name,
      imageRef: await idOf("glance", "/v2/images", "images", image),
      flavorRef: await idOf("nova", "/v2.1/flavors", "flavors", flavor),
      networks: [{ uuid: network ?? (await idOf("neutron", "/v2.0/networks", "networks", "shared")) }],
      ...(userData === undefined ? {} : { user_data: Buffer.from(userData).toString("base64") }),
      ...(keyName === undefined ? {} : { key_name: keyName }),
    },
  });
}

async function serverInState(name: string, status: string) {
  return await until(`server ${name} to be ${status}`, SERVER_SECONDS, async () => {
    const server = await cloud.server(name);
    return server.status === status ? server : undefined;
  });
}

/** Runs a command over SSH with the test's key, whatever comes of it. */
async function ssh(user: string, address: string, command: string) {
  const options = ["BatchMode=yes", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "ConnectTimeout=2"];
  const flags = options.flatMap((option) => ["-o", option]);
  return await execa("ssh", ["-i", join(folder, "key"), ...flags, `${user}@${address}`, command], { reject: false });
}

/** The output of a command on a server that may still boot. */
async function said(user: string, address: string, command: string): Promise<string> {
  return await until(`an answer of ${user}@${address}`, SERVER_SECONDS, async () => {
    const { exitCode, stdout } = await ssh(user, address, command);
    return exitCode === 0 ? stdout : undefined;
  });
}

function addressOf(server: {
  readonly addresses: Readonly<Record<string, readonly { readonly addr: string }[]>>;
}): string {
  const address = Object.values(server.addresses)[0]?.[0]?.addr;
  if (address === undefined) throw new Error("the server has no address");
  return address;
}

describe("a server", () => {
  it("is a host with its key pair's key, its name and its network's MTU, until it is deleted", async () => {
    const before = await cloud.inventory();
    await cloud.tests.post("nova", "/v2.1/os-keypairs", { keypair: { name: "mine", public_key: publicKey } });
    await askForServer({ name: "first", keyName: "mine" });
    await askForServer({ name: "second", keyName: "mine" });
    const address = addressOf(await serverInState("first", "ACTIVE"));
    const peer = addressOf(await serverInState("second", "ACTIVE"));
    expect(await said("debian", address, "hostname; sudo -n id -u; cat /sys/class/net/eth0/mtu")).toBe(
      "first\n0\n1450",
    );
    expect(await said("debian", peer, `hostname; ping -c1 -W5 ${address} >/dev/null && echo reached`)).toBe(
      "second\nreached",
    );
    await cloud.deleteServer("first");
    await until(
      "the node to be gone",
      SERVER_SECONDS,
      async () => (await ssh("debian", address, "true")).exitCode === 255,
    );
    expect(await said("debian", peer, "hostname")).toBe("second");
    await cloud.purge();
    await cloud.expectInventory(before);
  });

  it("does what its user data says before it answers, and shows its host key in the console log", async () => {
    const userData = [
      "#cloud-config",
      "hostname: told",
      "disable_root: false",
      `ssh_authorized_keys: ['${publicKey}']`,
      `users: [default, {name: worker, sudo: 'ALL=(ALL) NOPASSWD:ALL', ssh_authorized_keys: ['${publicKey}']}]`,
      "write_files: [{path: /etc/told/it, content: \"it's here\\n\", permissions: '0600'}]",
      "runcmd: [[touch, /run/ran it], 'echo $((1 + 1)) >/run/sum']",
    ].join("\n");
    await askForServer({ name: "served", userData });
    const server = await serverInState("served", "ACTIVE");
    const address = addressOf(server);
    const command = "hostname; stat -c %a /etc/told/it; cat /etc/told/it; ls '/run/ran it'; cat /run/sum";
    expect(await said("root", address, command)).toBe("told\n600\nit's here\n/run/ran it\n2");
    expect(await said("worker", address, "sudo -n id -un")).toBe("root");
    const { output } = await cloud.tests.post<{ output: string }>("nova", `/v2.1/servers/${server.id}/action`, {
      "os-getConsoleOutput": {},
    });
    const { stdout: scanned } = await execa("ssh-keyscan", ["-t", "ed25519", address]);
    expect(output).toContain(scanned.split(" ").slice(1, 3).join(" "));
  });

  it("is reached at its floating address, whatever network it is in", async () => {
    const { network } = await cloud.tests.post<{ network: { id: string } }>("neutron", "/v2.0/networks", {
      network: { name: "far" },
    });
    const { subnet } = await cloud.tests.post<{ subnet: { id: string } }>("neutron", "/v2.0/subnets", {
      subnet: { network_id: network.id, ip_version: 4, cidr: "192.0.2.0/24" },
    });
    const external = await idOf("neutron", "/v2.0/networks", "networks", "public");
    const { router } = await cloud.tests.post<{ router: { id: string } }>("neutron", "/v2.0/routers", {
      router: { external_gateway_info: { network_id: external } },
    });
    await cloud.tests.put("neutron", `/v2.0/routers/${router.id}/add_router_interface`, { subnet_id: subnet.id });
    await cloud.tests.post("nova", "/v2.1/os-keypairs", { keypair: { name: "mine", public_key: publicKey } });
    await askForServer({ name: "away", network: network.id, keyName: "mine" });
    const { id } = await serverInState("away", "ACTIVE");
    const { ports } = await cloud.tests.get<{ ports: { id: string }[] }>("neutron", `/v2.0/ports?device_id=${id}`);
    const { floatingip } = await cloud.tests.post<{ floatingip: { floating_ip_address: string } }>(
      "neutron",
      "/v2.0/floatingips",
      { floatingip: { floating_network_id: external, port_id: ports[0]?.id } },
    );
    expect(await said("debian", floatingip.floating_ip_address, "hostname")).toBe("away");
  });
});
