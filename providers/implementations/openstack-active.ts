/** Implementation of servers that are to become ACTIVE. */
import { isDeepStrictEqual } from "node:util";
import { accept, difference, gone, type Implementation } from "../implementation.ts";
import { becomeActive, serversOf } from "../openstack/booting.ts";
import { sessionWith } from "../openstack/session.ts";
import type { ActiveServersInputs, ActiveServersOutputs } from "../openstack-cloud.ts";

/** Makes nothing: it waits for servers that others make, and fails with the cloud's words on one in ERROR. */
export const activeServers: Implementation<ActiveServersInputs, ActiveServersOutputs> = {
  check: accept,
  diff: async (_id, olds, news) => difference(olds, news, ["cloud", "mark"], ["servers"]),
  create: async (inputs) => ({ id: inputs.mark, outs: await watched(inputs, { servers: {}, ids: {} }) }),

  /** A server that somebody deleted is none of those that were waited for: it is waited for again. */
  async read(id, outs) {
    const there = new Set((await serversOf(sessionWith(outs.cloud), outs.mark)).map(({ name }) => name));
    const stays = (node: string): boolean => there.has(outs.servers[node]?.name ?? "");
    const servers = pick(outs.servers, stays);
    if (Object.keys(servers).length === 0) return gone;
    const { cloud, mark } = outs;
    return { id, props: { cloud, mark, servers, ids: pick(outs.ids, stays) }, inputs: { cloud, mark, servers } };
  },

  update: async (_id, olds, news) => ({ outs: await watched(news, olds) }),
  delete: async () => {},
};

/** Waits for the servers that are new or made of something else than before; of those the old one may still be there. */
async function watched(
  { cloud, mark, servers }: ActiveServersInputs,
  known: Pick<ActiveServersOutputs, "servers" | "ids">,
): Promise<ActiveServersOutputs> {
  const isNew = (node: string): boolean => !isDeepStrictEqual(known.servers[node], servers[node]);
  const nodes = Object.keys(servers).filter(isNew);
  const wanted = nodes.map((node) => ({ node, name: servers[node]?.name ?? "", before: known.ids[node] }));
  const found = wanted.length === 0 ? {} : await becomeActive(sessionWith(cloud), mark, wanted);
  const kept = pick(known.ids, (node) => node in servers && !isNew(node));
  return { cloud, mark, servers, ids: { ...kept, ...found } };
}

function pick<Value>(all: Readonly<Record<string, Value>>, wanted: (key: string) => boolean): Record<string, Value> {
  return Object.fromEntries(Object.entries(all).filter(([key]) => wanted(key)));
}
