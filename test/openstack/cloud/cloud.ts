/** Starts a test cloud, and ends it; sweeps clouds whose owner died. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { labsFolder } from "../../../providers/lab/folders.ts";
import { sweepLab } from "../../../providers/lab/sweep.ts";
import { isAlive, type ProcessIdentity } from "../../../providers/processes.ts";
import { ensurePackages } from "../../../tools/packages/install.ts";
import { withProgress } from "../../../tools/support/progress.ts";
import { freeTestRange } from "../../support/ranges.ts";
import { CloudApi } from "./api.ts";
import { writeConfiguration } from "./configuration.ts";
import { installServices, preparedFolder, whileAlone } from "./install.ts";
import { accounts, CLOUD_PREFIX, type CloudIdentity, layOut, ports, publicUrl, regions } from "./layout.ts";
import { makeNetwork } from "./network.ts";
import { computeServices, HOST_PLACEHOLDER, prepare, sql, takePrepared } from "./prepare.ts";
import {
  answersInside,
  apiAnswers,
  apis,
  endServices,
  guestsFolder,
  ready,
  type ServiceHost,
  startService,
} from "./services.ts";

/** Prefix of the names of the labs that are clouds. */
const NAME_PREFIX = "cloud";

/** Names of the networks that are there from the beginning: for floating addresses, and one that servers may use as it is. */
export const networks = { external: "public", shared: "shared" } as const;

/** Name of the cloud's entries in clouds.yaml; with `-two` behind it, the second region. */
export const CLOUD_NAME = "multinode";

/** How a running cloud is reached, as plain JSON. */
export interface CloudDescription extends ServiceHost {
  /** Path of clouds.yaml. */
  readonly cloudsFile: string;
}

/** Describes a running cloud. */
export function describeCloud(host: ServiceHost): CloudDescription {
  return { ...host, cloudsFile: join(layOut(host).folder, "clouds.yaml") };
}

/** Installs what is missing, starts a cloud, and gives it. The cloud ends with `endCloud`, or when its owner is dead, with the next start. */
export async function startCloud(owner: ProcessIdentity): Promise<ServiceHost> {
  await ensurePackages("lab");
  await sweepClouds();
  const venv = await installServices();
  const prepared = preparedFolder();
  await whileAlone(prepared, "the preparation of the test cloud", async () => {
    if (existsSync(prepared)) return;
    await withProgress(
      "preparing the databases of the test cloud",
      () => "",
      async () => {
        await withCloud(owner, venv, async (host) => await prepare(host, prepared));
      },
    );
  });
  const host = await makeCloud(owner, venv);
  try {
    await withProgress(
      "starting the test cloud",
      () => "",
      async () => await start(host, prepared),
    );
  } catch (error) {
    await endCloud(host);
    throw error;
  }
  return host;
}

/** Ends everything of a cloud and removes it: servers, services, network and files. */
export async function endCloud({ lab }: Pick<CloudIdentity, "lab">): Promise<void> {
  await endServices(lab);
  await sweepLab(lab);
}

/** Removes clouds whose owner is dead, or this one. */
export async function sweepClouds(owner?: ProcessIdentity): Promise<void> {
  const folders = existsSync(labsFolder) ? readdirSync(labsFolder) : [];
  for (const folder of folders) {
    const [, stack, id] = new RegExp(`^(${NAME_PREFIX}[0-9a-f]{6})-([0-9a-f]{6})$`).exec(folder) ?? [];
    if (stack === undefined || id === undefined) continue;
    const owned = ownerOf(folder);
    const isOver = owned === undefined || !isAlive(owned) || (owned.pid === owner?.pid && owned.start === owner.start);
    if (isOver) await endCloud({ lab: { stack, id } });
  }
}

/** Undefined where none is on record: it is written before anything else is made. */
function ownerOf(folder: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(join(labsFolder, folder, "owner.json"), "utf8"));
  } catch {
    return undefined;
  }
}

async function withCloud(owner: ProcessIdentity, venv: string, work: (host: ServiceHost) => Promise<void>) {
  const host = await makeCloud(owner, venv);
  try {
    await work(host);
  } finally {
    await endCloud(host);
  }
}

/** A cloud with its network and configuration, of which nothing runs. */
async function makeCloud(owner: ProcessIdentity, venv: string): Promise<ServiceHost> {
  const lab = { stack: `${NAME_PREFIX}${randomBytes(3).toString("hex")}`, id: randomBytes(3).toString("hex") };
  const host: ServiceHost = { lab, range: await freeTestRange(CLOUD_PREFIX), venv };
  const layout = layOut(host);
  mkdirSync(join(layout.folder, ".."), { recursive: true, mode: 0o700 });
  writeFileSync(join(layout.folder, "..", "owner.json"), JSON.stringify(owner));
  mkdirSync(guestsFolder(layout), { recursive: true, mode: 0o700 });
  try {
    writeConfiguration(layout, venv);
    await makeNetwork(host);
  } catch (error) {
    await endCloud(host);
    throw error;
  }
  return host;
}

async function start(host: ServiceHost, prepared: string): Promise<void> {
  const layout = layOut(host);
  takePrepared(prepared, layout);
  startService(host, "rabbitmq");
  startService(host, "mariadb");
  await ready(layout, "mariadb", () => answersInside(layout.namespace, ports.mariadb));
  const { address } = layout.services;
  await sql(host, `update keystone.endpoint set url = replace(url, '${HOST_PLACEHOLDER}', '${address}');`);
  // The record of the hypervisor's last life says that it is up.
  await sql(host, "update nova.services set updated_at = null, report_count = 0, last_seen_up = null;");
  for (const api of apis) startService(host, api);
  await ready(layout, "rabbitmq", () => answersInside(layout.namespace, ports.rabbitmq));
  for (const service of ["nova-conductor", "nova-scheduler"] as const) startService(host, service);
  await apiAnswers(host, "keystone");
  await apiAnswers(host, "placement");
  startService(host, "nova-compute");
  for (const api of apis) await apiAnswers(host, api);
  const admin = new CloudApi(layout, "admin");
  await makeNetworks(host, admin);
  await ready(layout, "nova-compute", async () => (await computeServices(admin)).some(({ state }) => state === "up"));
  writeFileSync(describeCloud(host).cloudsFile, cloudsFile(host), { mode: 0o600 });
}

/** The networks depend on the range. One request after the other: the first ones of a new neutron must not come at once. */
async function makeNetworks(host: CloudIdentity, admin: CloudApi): Promise<void> {
  const { floatingRange, routedRanges } = layOut(host);
  const [sharedRange] = routedRanges;
  const wanted = [
    { name: networks.external, cidr: floatingRange, about: { "router:external": true }, enable_dhcp: false },
    { name: networks.shared, cidr: sharedRange, about: { shared: true }, enable_dhcp: true },
  ];
  for (const { name, cidr, about, enable_dhcp } of wanted) {
    const { network } = await admin.post<{ network: { id: string } }>("neutron", "/v2.0/networks", {
      network: { name, ...about },
    });
    await admin.post("neutron", "/v2.0/subnets", {
      subnet: { name, network_id: network.id, ip_version: 4, cidr, enable_dhcp },
    });
  }
  // A project gets its default group with the first look at its groups, which then is not a test's doing.
  await new CloudApi(layOut(host), "tests").get("neutron", "/v2.0/security-groups");
}

/** clouds.yaml of the project that tests use. */
function cloudsFile(host: CloudIdentity): string {
  const { user, project, password } = accounts.tests;
  const auth = {
    auth_url: `${publicUrl(layOut(host), "keystone")}/v3`,
    username: user,
    password,
    project_name: project,
    user_domain_name: "Default",
    project_domain_name: "Default",
  };
  const entry = (region: string) => ({ auth, region_name: region, identity_api_version: 3 });
  return stringify(
    {
      clouds: {
        [CLOUD_NAME]: { ...entry(regions[0]), regions: [...regions] },
        [`${CLOUD_NAME}-two`]: entry(regions[1]),
      },
    },
    { aliasDuplicateObjects: false },
  );
}
