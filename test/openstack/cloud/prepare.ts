/**
 * What every test cloud begins with: databases with their schemas, keys, catalogue, accounts, image and flavors. Made
 * once by the services themselves and kept as files, as that takes a minute or more.
 */
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { until } from "../../support/until.ts";
import { CloudApi } from "./api.ts";
import { databases, databaseUrl, messageBus } from "./configuration.ts";
import { accounts, type CloudLayout, layOut, ports, regions } from "./layout.ts";
import {
  answersInside,
  apiAnswers,
  apis,
  ready,
  type ServiceHost,
  serviceEnvironment,
  startService,
} from "./services.ts";

/** Stands in the catalogue where a cloud puts the address of its services. */
export const HOST_PLACEHOLDER = "services.invalid";

/** Milliseconds for one program that changes a database. */
const PROGRAM_MS = 10 * 60_000;

/** Name, type and path of each service in the catalogue. */
const catalogue = [
  { name: "glance", type: "image", path: "" },
  { name: "placement", type: "placement", path: "" },
  { name: "nova", type: "compute", path: "/v2.1" },
  { name: "neutron", type: "network", path: "" },
] as const;

/** What servers are made from; `guest` says what the fixture boots for one: see the README part of index.ts. */
export const images = [
  { name: "debian-12", guest: "openvswitch" },
  { name: "debian-12-plain", guest: "plain" },
  { name: "silent", guest: "silent" },
] as const;

/** Sizes of servers: memory in MiB, disk in GiB. The last is larger than the hypervisor. */
export const flavors = [
  { name: "m1.small", vcpus: 1, ram: 2048, disk: 20 },
  { name: "m1.large", vcpus: 4, ram: 8192, disk: 80 },
  { name: "too-large", vcpus: 64, ram: 100_000_000, disk: 20 },
] as const;

/** Puts the kept state into a cloud's folder. */
export function takePrepared(prepared: string, { folder }: CloudLayout): void {
  cpSync(prepared, join(folder, "state"), { recursive: true });
}

/** Makes the state in `prepared` by a cloud that runs for that alone, whose network and configuration are there. */
export async function prepare(host: ServiceHost, prepared: string): Promise<void> {
  const layout = layOut(host);
  const state = join(layout.folder, "state");
  const data = join(state, "mariadb");
  await program(host, "mariadb-install-db", [
    "--no-defaults",
    "--user=root",
    `--datadir=${data}`,
    "--auth-root-authentication-method=normal",
    "--skip-test-db",
  ]);
  startService(host, "rabbitmq");
  startService(host, "mariadb");
  await ready(layout, "mariadb", () => answersInside(layout.namespace, ports.mariadb));
  const statements = databases.map((name) => `create database ${name} character set utf8mb4;`);
  await sql(host, statements.join("\n"));
  await Promise.all([makeKeystone(host), makeNova(host)]);
  for (const api of apis) startService(host, api);
  await ready(layout, "rabbitmq", () => answersInside(layout.namespace, ports.rabbitmq));
  for (const service of ["nova-conductor", "nova-scheduler"] as const) startService(host, service);
  for (const api of apis) await apiAnswers(host, api);
  await fill(new CloudApi(layout, "admin"));
  startService(host, "nova-compute");
  const api = new CloudApi(layout, "admin");
  await ready(layout, "nova-compute", async () => (await computeServices(api)).some(({ state }) => state === "up"));
  await program(host, "nova-manage", [...novaFile(layout), "cell_v2", "discover_hosts"]);
  await until("the hypervisor to be known", 60, async () => {
    const { hypervisors } = await api.get<{ hypervisors: unknown[] }>("nova", "/v2.1/os-hypervisors");
    return hypervisors.length === 1;
  });
  await program(host, "mariadb-admin", ["--no-defaults", ...connection(layout), "shutdown"]);
  await until("the database to be closed", 60, () => !existsSync(join(layout.folder, "run", "mariadb.pid")));
  keep(state, prepared);
}

/** Runs SQL as the database's root. */
export async function sql(host: ServiceHost, statements: string): Promise<void> {
  await program(host, "mariadb", ["--no-defaults", ...connection(layOut(host))], statements);
}

/** The compute services as nova lists them. */
export async function computeServices(api: CloudApi) {
  const { services } = await api.get<{
    services: { id: string; state: string; status: string; updated_at: string | null }[];
  }>("nova", "/v2.1/os-services?binary=nova-compute");
  return services;
}

async function makeKeystone(host: ServiceHost): Promise<void> {
  const { folder } = layOut(host);
  const keystone = (...args: string[]) =>
    program(host, "keystone-manage", ["--config-file", join(folder, "etc", "keystone", "keystone.conf"), ...args]);
  for (const name of ["fernet", "credential"]) {
    mkdirSync(join(folder, "state", "keystone", name), { recursive: true, mode: 0o700 });
  }
  await keystone("db_sync");
  await keystone("fernet_setup", "--keystone-user", "root", "--keystone-group", "root");
  await keystone("credential_setup", "--keystone-user", "root", "--keystone-group", "root");
  const url = (address: string) => `http://${address}:${ports.keystone}/v3`;
  await keystone(
    ...["bootstrap", "--bootstrap-password", accounts.admin.password, "--bootstrap-region-id", regions[0]],
    ...["--bootstrap-public-url", url(HOST_PLACEHOLDER), "--bootstrap-internal-url", url("127.0.0.1")],
  );
  await program(host, "placement-manage", [
    "--config-file",
    join(folder, "etc", "placement", "placement.conf"),
    "db",
    "sync",
  ]);
  await program(host, "glance-manage", ["--config-file", join(folder, "etc", "glance", "glance-api.conf"), "db_sync"]);
}

async function makeNova(host: ServiceHost): Promise<void> {
  const layout = layOut(host);
  const nova = (...args: string[]) => program(host, "nova-manage", [...novaFile(layout), ...args]);
  await nova("api_db", "sync");
  await nova("cell_v2", "map_cell0", "--database_connection", databaseUrl("nova_cell0"));
  const cell = ["--database_connection", databaseUrl("nova"), "--transport-url", messageBus];
  await nova("cell_v2", "create_cell", "--name", "cell1", ...cell);
  await nova("db", "sync");
  const file = join(layout.folder, "etc", "neutron", "neutron.conf");
  await program(host, "neutron-db-manage", ["--config-file", file, "upgrade", "heads"]);
}

/** Catalogue, accounts, images and flavors, through the API. */
async function fill(api: CloudApi): Promise<void> {
  const { roles } = await api.get<{ roles: { id: string; name: string }[] }>("keystone", "/v3/roles");
  const roleId = (name: string) => roles.find((role) => role.name === name)?.id;
  const grant = async (project: string, user: string, role: string) =>
    await api.put("keystone", `/v3/projects/${project}/users/${user}/roles/${roleId(role)}`);
  // nova shows its own token beside the user's: it counts only with this role.
  await grant(await api.project(), await api.user(), "service");
  await api.post("keystone", "/v3/regions", { region: { id: regions[1] } });
  const { services } = await api.get<{ services: { id: string }[] }>("keystone", "/v3/services");
  const known = services.map(({ id }) => ({ id, name: "keystone" as const, path: "/v3" }));
  for (const { name, type, path } of catalogue) {
    const { service } = await api.post<{ service: { id: string } }>("keystone", "/v3/services", {
      service: { name, type },
    });
    await endpoint(api, service.id, regions[0], "internal", `http://127.0.0.1:${ports[name]}${path}`);
    await endpoint(api, service.id, regions[0], "public", `http://${HOST_PLACEHOLDER}:${ports[name]}${path}`);
    await endpoint(api, service.id, regions[1], "public", `http://${HOST_PLACEHOLDER}:${ports[name]}${path}`);
  }
  for (const { id, name, path } of known) {
    await endpoint(api, id, regions[1], "public", `http://${HOST_PLACEHOLDER}:${ports[name]}${path}`);
  }
  const { user: name, password, project: projectName } = accounts.tests;
  const { project } = await api.post<{ project: { id: string } }>("keystone", "/v3/projects", {
    project: { name: projectName, domain_id: "default" },
  });
  const { user } = await api.post<{ user: { id: string } }>("keystone", "/v3/users", {
    user: { name, password, domain_id: "default", default_project_id: project.id },
  });
  await grant(project.id, user.id, "member");
  for (const { name: imageName, guest } of images) {
    const image = await api.post<{ id: string }>("glance", "/v2/images", {
      name: imageName,
      disk_format: "raw",
      container_format: "bare",
      visibility: "public",
      multinode_guest: guest,
    });
    await api.put("glance", `/v2/images/${image.id}/file`, Buffer.from(imageName));
  }
  for (const flavor of flavors) await api.post("nova", "/v2.1/flavors", { flavor });
}

async function endpoint(api: CloudApi, service_id: string, region_id: string, kind: string, url: string) {
  await api.post("keystone", "/v3/endpoints", { endpoint: { service_id, region_id, interface: kind, url } });
}

/** Keeps what the next cloud begins with; whole or not at all. */
function keep(state: string, prepared: string): void {
  const draft = `${prepared}.new`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  for (const name of ["mariadb", "keystone", "images", "nova"]) {
    cpSync(join(state, name), join(draft, name), { recursive: true });
  }
  writeFileSync(
    join(draft, "README"),
    "State that test clouds of devstack-multinode begin with. Made anew when missing.\n",
  );
  renameSync(draft, prepared);
}

/** Runs a program in the cloud's namespace. */
async function program(host: ServiceHost, name: string, args: readonly string[], input = ""): Promise<void> {
  const { namespace, folder } = layOut(host);
  const result = await execa("ip", ["netns", "exec", namespace, name, ...args], {
    cwd: folder,
    env: { ...serviceEnvironment(host) },
    extendEnv: false,
    input,
    all: true,
    reject: false,
    timeout: PROGRAM_MS,
  });
  if (result.exitCode !== 0) throw new Error(`${name} ${args.join(" ")} failed:\n${result.all?.slice(-3000)}`);
}

function novaFile({ folder }: CloudLayout): readonly string[] {
  return ["--config-file", join(folder, "etc", "nova", "nova.conf")];
}

function connection({ folder }: CloudLayout): readonly string[] {
  return ["-uroot", `--socket=${join(folder, "run", "mariadb.sock")}`];
}
