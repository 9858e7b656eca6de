/** What is in a test cloud's API, whoever made it, and how the tests' part of it is emptied. */
import { until } from "../../support/until.ts";
import type { CloudApi } from "./api.ts";

/** A server as nova shows it. */
export interface Server {
  readonly id: string;
  readonly name: string;
  /** `ACTIVE`, `ERROR`, `BUILD`, … */
  readonly status: string;
  readonly fault?: { readonly message: string };
  /** Its size, by the name that it had when the server got it. */
  readonly flavor: { readonly original_name: string };
  readonly addresses: Readonly<Record<string, readonly { readonly addr: string }[]>>;
}

/** An object of the network service. */
interface NetworkObject {
  readonly id: string;
  readonly name: string;
}

/** Seconds for nova to delete all servers. */
const DELETION_SECONDS = 60;

/** Collections of the network service, as its paths name them. */
const networkKinds = [
  "networks",
  "subnets",
  "ports",
  "routers",
  "security-groups",
  "security-group-rules",
  "floatingips",
] as const;

/**
 * Everything in the API: one line each, `<kind> <name> <id>`, sorted.
 * @param admin sees all projects' objects, but for key pairs, which are a user's
 * @param tests the user whose key pairs count
 */
export async function inventory(admin: CloudApi, tests: CloudApi): Promise<readonly string[]> {
  const lists = [
    await list(admin, "nova", "/v2.1/servers?all_tenants=1", "servers"),
    await list(admin, "nova", "/v2.1/os-server-groups?all_projects=1", "server_groups"),
    (await keyPairs(tests)).map(({ name, fingerprint }) => `keypairs ${name} ${fingerprint}`),
    ...(await Promise.all(
      networkKinds.map(async (kind) => await list(admin, "neutron", `/v2.0/${kind}`, kind.replaceAll("-", "_"))),
    )),
    await list(admin, "glance", "/v2/images", "images"),
  ];
  return lists.flat().sort();
}

/** All servers, of whatever project. */
export async function listServers(admin: CloudApi): Promise<readonly Server[]> {
  return (await admin.get<{ servers: Server[] }>("nova", "/v2.1/servers/detail?all_tenants=1")).servers;
}

/**
 * Deletes everything of the tests' project. What others use is refused at first: servers go before ports, ports before
 * networks.
 */
export async function purge(admin: CloudApi, tests: CloudApi): Promise<void> {
  const own = `project_id=${await tests.project()}`;
  for (const { id } of await listServers(admin)) await admin.delete("nova", `/v2.1/servers/${id}`);
  await until("the servers to be gone", DELETION_SECONDS, async () => (await listServers(admin)).length === 0);
  await deleteAll(admin, "floatingips", own);
  for (const { id } of await objects(admin, "routers", own)) {
    const ports = await objects(admin, "ports", `device_id=${id}&device_owner=network:router_interface`);
    for (const { id: port_id } of ports) {
      await admin.put("neutron", `/v2.0/routers/${id}/remove_router_interface`, { port_id });
    }
  }
  for (const kind of ["routers", "ports", "networks"]) await deleteAll(admin, kind, own);
  for (const { id, name } of await objects(admin, "security-groups", own)) {
    if (name !== "default") await admin.delete("neutron", `/v2.0/security-groups/${id}`);
  }
  for (const { name } of await keyPairs(tests)) {
    await tests.delete("nova", `/v2.1/os-keypairs/${encodeURIComponent(name)}`);
  }
  const groups = await tests.get<{ server_groups: { id: string }[] }>("nova", "/v2.1/os-server-groups");
  for (const { id } of groups.server_groups) await tests.delete("nova", `/v2.1/os-server-groups/${id}`);
}

async function deleteAll(admin: CloudApi, kind: string, query: string): Promise<void> {
  for (const { id } of await objects(admin, kind, query)) await admin.delete("neutron", `/v2.0/${kind}/${id}`);
}

async function objects(admin: CloudApi, kind: string, query: string): Promise<readonly NetworkObject[]> {
  const answer = await admin.get<Record<string, NetworkObject[]>>("neutron", `/v2.0/${kind}?${query}`);
  return answer[kind.replaceAll("-", "_")] ?? [];
}

async function list(api: CloudApi, service: "nova" | "neutron" | "glance", path: string, key: string) {
  const answer = await api.get<Record<string, { id: string; name?: string }[]>>(service, path);
  return (answer[key] ?? []).map(({ id, name }) => `${key} ${name || "-"} ${id}`);
}

async function keyPairs(tests: CloudApi): Promise<readonly { name: string; fingerprint: string }[]> {
  const { keypairs } = await tests.get<{ keypairs: { keypair: { name: string; fingerprint: string } }[] }>(
    "nova",
    "/v2.1/os-keypairs",
  );
  return keypairs.map(({ keypair }) => keypair);
}
