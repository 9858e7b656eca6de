/** Finds and removes what carries a stack's mark in a cloud. */
import { cloudName } from "../../model/naming.ts";
import { descriptionPrefix, MARK_KEY } from "../../model/openstack/names.ts";
import { whatStays } from "./going.ts";
import type { Service, Session } from "./session.ts";

/** Seconds the cloud may take to delete all servers of a stack. */
const deletionSeconds = 300;

/** An object of ours in a cloud. */
export interface CloudObject {
  readonly kind: string;
  readonly id: string;
  readonly name: string;
}

/** An object that nobody but its mark knows of, for a message. */
export function leftOverText({ kind, name, id }: CloudObject): string {
  return `the ${kind} ${name} (${id}), which an interrupted run had left`;
}

type Listed = Readonly<Record<string, unknown>>;

/** A kind of objects, and how they are found. */
export interface Kind {
  readonly kind: string;
  readonly service: Service;
  /** Path of the list. */
  readonly list: string;
  /** Key of the list in the answer. */
  readonly key: string;
  /** Path of one object, less its id. */
  readonly path: string;
  readonly isOurs: (object: Listed, mark: string) => boolean;
}

const described = (object: Listed, mark: string): boolean =>
  String(object.description ?? "").startsWith(descriptionPrefix(mark));
const named = (object: Listed, mark: string): boolean =>
  ["login", "servers"].some((resource) => object.name === cloudName(mark, resource));
const inNetwork = (kind: string, collection: string): Kind => ({
  kind,
  service: "network",
  list: `/${collection}`,
  key: collection.replaceAll("-", "_"),
  path: `/${collection}`,
  isOurs: described,
});

/** What nodes have, in the order it can be deleted. */
export const nodeKinds: readonly Kind[] = [
  {
    kind: "server",
    service: "compute",
    list: "/servers/detail",
    key: "servers",
    path: "/servers",
    isOurs: ({ metadata }, mark) => (metadata as Listed | undefined)?.[MARK_KEY] === mark,
  },
  inNetwork("floating address", "floatingips"),
  inNetwork("port", "ports"),
];

/** All that a stack makes, in the order it can be deleted. A router's interfaces go before the router. */
const allKinds: readonly Kind[] = [
  ...nodeKinds,
  inNetwork("router", "routers"),
  inNetwork("subnet", "subnets"),
  inNetwork("network", "networks"),
  inNetwork("security group rule", "security-group-rules"),
  inNetwork("security group", "security-groups"),
  { kind: "key pair", service: "compute", list: "/os-keypairs", key: "keypairs", path: "/os-keypairs", isOurs: named },
  {
    kind: "server group",
    service: "compute",
    list: "/os-server-groups",
    key: "server_groups",
    path: "/os-server-groups",
    isOurs: named,
  },
];

/** What is swept. */
interface SweepOptions {
  /** All by default. */
  readonly kinds?: readonly Kind[];
  /** Ids of objects that stay. */
  readonly kept?: ReadonlySet<string>;
}

/** Removes everything that carries the mark and gives what it found, for a message. */
export async function sweepCloud(
  session: Session,
  mark: string,
  { kinds = allKinds, kept = new Set() }: SweepOptions = {},
): Promise<readonly CloudObject[]> {
  const found: CloudObject[] = [];
  for (const kind of kinds) {
    const objects = await ours(session, kind, mark);
    const left = objects.filter(({ id }) => !kept.has(id));
    if (kind.kind === "router") for (const { id } of objects) found.push(...(await detachRouter(session, id, kept)));
    for (const { id } of left) await session.delete(kind.service, `${kind.path}/${encodeURIComponent(id)}`);
    if (kind.kind === "server" && left.length > 0) await goneServers(session, kind, mark, kept);
    found.push(...left);
  }
  return found;
}

async function ours(session: Session, { kind, service, list, key, isOurs }: Kind, mark: string) {
  const body = (await session.get(service, list)) as Readonly<Record<string, readonly Listed[]>> | undefined;
  const objects = (body?.[key] ?? []).map((one) => (one.keypair as Listed | undefined) ?? one);
  return objects
    .filter((object) => isOurs(object, mark))
    .map((object): CloudObject => ({ kind, id: String(object.id ?? object.name), name: String(object.name ?? "") }));
}

async function detachRouter(session: Session, router: string, kept: ReadonlySet<string>): Promise<CloudObject[]> {
  const body = (await session.get("network", `/ports?device_id=${encodeURIComponent(router)}`)) as
    | { ports: { id: string; device_owner: string }[] }
    | undefined;
  const left = (body?.ports ?? []).filter(
    ({ id, device_owner: owner }) => owner.startsWith("network:router_interface") && !kept.has(id),
  );
  for (const { id } of left) {
    await session.request("network", "PUT", `/routers/${router}/remove_router_interface`, { port_id: id });
  }
  return left.map(({ id }) => ({ kind: "interface of router", id, name: router }));
}

async function goneServers(session: Session, kind: Kind, mark: string, kept: ReadonlySet<string>): Promise<void> {
  const left = await whatStays(deletionSeconds, async () =>
    (await ours(session, kind, mark)).filter(({ id }) => !kept.has(id)),
  );
  if (left.length === 0) return;
  const names = left.map(({ name, id }) => `${name} (${id})`).join(", ");
  throw new Error(`the cloud did not delete the servers ${names} within ${deletionSeconds} s; run \`destroy\` again`);
}
