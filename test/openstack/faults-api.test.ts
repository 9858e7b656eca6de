/** An API that refuses, one that dies in the middle of a run, and what it leaves half-made. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { cloudName, hostName } from "../../model/naming.ts";
import { descriptionPrefix } from "../../model/openstack/names.ts";
import { until } from "../support/until.ts";
import { CLOUD_NAME } from "./cloud/cloud.ts";
import { testCloud } from "./cloud/index.ts";
import { accounts } from "./cloud/layout.ts";
import { type CloudOptions, type CloudStack, cloudStack } from "./stack.ts";

const cloud = testCloud();

/** Seconds for a run of Pulumi to come as far as its first objects in the cloud. */
const BEGIN_SECONDS = 120;
const WRONG_PASSWORD = "neither-this-one";

const [range] = cloud.routedRanges;
const options: CloudOptions = { subnodes: 1, range, floatingAddresses: false };
const config = { verify: "none" };

describe("a cloud", () => {
  const stack = cloudStack(options, config);
  let before: readonly string[];
  afterEach(async () => await cloud.startApis());

  it("that does not know the password is told once and alone, before anything is made", async () => {
    before = await cloud.inventory();
    const secure = join(stack().project.folder, "secure.yaml");
    writeFileSync(secure, stringify({ clouds: { [CLOUD_NAME]: { auth: { password: WRONG_PASSWORD } } } }));
    const { code, all } = await stack().pulumi("up", "--yes", "--skip-preview");
    rmSync(secure);
    expect(code).not.toBe(0);
    expect(errorsIn(all)).toEqual([
      expect.stringMatching(/^keystone at http.* does not know tests of the cloud "multinode" with this password/),
    ]);
    expect(`${all}${(await stack().state()).text}`).not.toContain(WRONG_PASSWORD);
    expect(await cloud.inventory()).toEqual(before);
  });

  it("that has no such image, flavor or network is told at once with what there is", async () => {
    await cloud.makeImage("short-lived");
    await cloud.deleteImage("short-lived");
    const wrong = { image: "short-lived", flavor: "m1.tiny", network: "nowhere" };
    stack().chooseNodes({ ...options, ...wrong }, config);
    const { code, all } = await stack().pulumi("up", "--yes", "--skip-preview");
    expect(code).not.toBe(0);
    expect(all).toMatch(
      /nodes\.openstack\.image: .*\n +expected {2}one of debian-12, debian-12-plain, silent\n +given +short-lived\n/,
    );
    expect(all).toMatch(
      /nodes\.openstack\.flavor: .*\n +expected {2}one of m1\.large, m1\.small, too-large\n +given +m1\.tiny\n/,
    );
    expect(all).toMatch(/nodes\.openstack\.network: .*\n +expected {2}one of .*shared.*\n +given +nowhere\n/);
    expect(await cloud.inventory()).toEqual(before);
  });

  it("that has an object of the stack's own name is told by it, and `npm start` removes that", async () => {
    stack().chooseNodes(options, config);
    const name = cloudName(await markOf(stack()), "login");
    await cloud.tests.post("nova", "/v2.1/os-keypairs", { keypair: { name } });
    const { code, all } = await stack().pulumi("up", "--yes", "--skip-preview");
    expect(code).not.toBe(0);
    expect(all).toContain(`Key pair '${name}' already exists`);

    const started = stack().tool("start", stack().name);
    // Red when neutron's death at a port that it had made already keeps the next run from making it.
    await until("a port", BEGIN_SECONDS, async () =>
      (await cloud.inventory()).some((line) => /^ports .*-port-[a-z]+/.test(line)),
    );
    await cloud.stopApis("neutron");
    const stopped = await started;
    expect(stopped.all).toContain(`removed the key pair ${name} (${name})`);
    expect(stopped.code, stopped.all).not.toBe(0);
    expect(stopped.all).toMatch(
      new RegExp(`error: .*${cloud.layout.services.address}:9696.*(refused|ECONNREFUSED|EOF|reset)`),
    );
    await cloud.startApis("neutron");
  });

  it("whose API dies while servers are made fails the run, which the next one completes", async () => {
    const started = stack().tool("start", stack().name);
    const names = ["primary", "subnode-1"].map((node) => hostName(stack().name, node));
    // The plugin looks at them after ten seconds for the first time.
    await until("both servers", BEGIN_SECONDS, async () => {
      const servers = await cloud.servers();
      return servers.length === names.length && servers.every(({ status }) => status === "ACTIVE");
    });
    await cloud.stopApis("nova");
    const stopped = await started;
    expect(stopped.code).not.toBe(0);
    expect(stopped.all).toMatch(new RegExp(`error: .*${cloud.layout.services.address}:8774.*(refused|ECONNREFUSED)`));
    await cloud.startApis("nova");
    const recorded = (await stack().state()).resources.map(({ id }) => id);
    expect(recorded).toEqual(expect.arrayContaining((await cloud.servers()).map(({ id }) => id)));

    await stack().up();
    expect(await stack().on("subnode-1", "hostname")).toContain(names[1]);
    expect(await stack().preview("--refresh")).toEqual([]);
    expect((await cloud.servers()).map(({ name }) => name).sort()).toEqual(names.toSorted());
  });

  it("is spoken to with a password that is in no state, output or generated file", async () => {
    const { password } = accounts.tests;
    const { text } = await stack().state();
    const outputs = await stack().succeed(["stack", "output", "--json", "--show-secrets"]);
    const files = readdirSync(stack().generated, { recursive: true, withFileTypes: true }).filter((file) =>
      file.isFile(),
    );
    expect(files.length).toBeGreaterThan(0);
    const written = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), "utf8"));
    for (const one of [text, outputs.all, ...written]) expect(one).not.toContain(password);
  });

  it("is left as it was by destroy, which names what an interrupted run had left", async () => {
    const mark = await markOf(stack());
    const { networks } = await cloud.tests.get<{ networks: { id: string; description: string }[] }>(
      "neutron",
      "/v2.0/networks",
    );
    const network = networks.find(({ description }) => description.startsWith(descriptionPrefix(mark)));
    const description = `${descriptionPrefix(mark)}port-subnode-9`;
    const { port } = await cloud.tests.post<{ port: { id: string } }>("neutron", "/v2.0/ports", {
      port: { network_id: network?.id, name: "half-made", description },
    });
    const group = cloudName(mark, "servers");
    await cloud.tests.post("nova", "/v2.1/os-server-groups", {
      server_group: { name: group, policy: "soft-anti-affinity" },
    });
    // Red when leftovers are looked for after their network should have gone: it cannot while a port is on it.
    const { all } = await stack().destroy();
    expect(all).toContain(`removed the port half-made (${port.id})`);
    expect(all).toContain(`removed the server group ${group} (`);
    expect((await stack().state()).resources).toEqual([]);
    expect(existsSync(stack().generated)).toBe(false);
    await cloud.expectInventory(before);
  });
});

describe("a server that never answers", () => {
  const silent = { ...options, subnodes: 0, image: "silent", sshSeconds: 10 };
  const stack = cloudStack(silent, config);

  it("is told after its time with the end of its console log", async () => {
    const { code, all } = await stack().pulumi("up", "--yes", "--skip-preview");
    expect(code).not.toBe(0);
    expect(all).toMatch(
      /primary: boot: no SSH at [\d.]+ port 22 within 10 s \(nodes\.openstack\.sshSeconds\); the end of the console log:\n +Kernel panic - not syncing/,
    );
    await stack().destroy();
  });
});

/** `<stack>-<id>`, as the state has it. */
async function markOf(environment: CloudStack): Promise<string> {
  const { resources } = await environment.state();
  const id = resources.find(({ type }) => type.endsWith(":Environment"))?.id;
  if (id === undefined) throw new Error("the stack has no mark yet");
  return id;
}

/** First lines of the errors in Pulumi's output, each once, without that of the run itself. */
function errorsIn(output: string): readonly string[] {
  const lines = [...output.matchAll(/error: (.+)$/gm)].map(([, line]) => line ?? "");
  return [...new Set(lines)].filter((line) => line !== "update failed");
}
