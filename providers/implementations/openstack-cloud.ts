/** Implementations of what we ask an OpenStack cloud ourselves. */
import { isDeepStrictEqual } from "node:util";
import { accept, difference, gone, type Implementation, isUnknown } from "../implementation.ts";
import { select } from "../openstack/select.ts";
import { answering, serverOf } from "../openstack/server.ts";
import { sessionWith } from "../openstack/session.ts";
import { type CloudObject, leftOverText, nodeKinds, sweepCloud } from "../openstack/sweep.ts";
import type {
  AnsweringServerInputs,
  AnsweringServerOutputs,
  CloudRecordInputs,
  CloudSelectionInputs,
  CloudSelectionOutputs,
} from "../openstack-cloud.ts";

/** Makes nothing; its deletion sweeps what in the cloud carries the stack's mark, recorded or not. */
export const cloudRecord: Implementation<CloudRecordInputs, CloudRecordInputs> = {
  check: accept,

  /** Another cloud is recorded and no more: where both are names of one cloud, a sweep of the old would take what is made anew. */
  diff: async (_id, olds, news) => difference(olds, news, ["mark"], ["cloud"]),

  create: async (inputs) => ({ id: inputs.mark, outs: inputs }),
  read: async (id, outs) => ({ id, props: outs, inputs: outs }),
  update: async (_id, _olds, news) => ({ outs: news }),

  delete: async (_id, { cloud, mark }) => tell(await sweepCloud(sessionWith(cloud), mark)),
};

/** The same for servers and what they are plugged into, which has to go before the network does. */
export const nodesRecord: Implementation<CloudRecordInputs, CloudRecordInputs> = {
  ...cloudRecord,
  delete: async (_id, { cloud, mark }) => tell(await sweepCloud(sessionWith(cloud), mark, { kinds: nodeKinds })),
};

function tell(removed: readonly CloudObject[]): void {
  for (const object of removed) console.warn(`removed ${leftOverText(object)}`);
}

/** Image, flavor and networks, looked up by name or id with every update. */
export const cloudSelection: Implementation<CloudSelectionInputs, CloudSelectionOutputs> = {
  check: accept,
  diff: async (_id, olds, news) =>
    difference(olds, news, [], ["cloud", "image", "flavor", "network", "externalNetwork"]),
  create: async (inputs) => ({ id: "selected", outs: await select(sessionWith(inputs.cloud), inputs) }),

  async read(id, outs) {
    const { imageId, flavorId, networkId, mtu, externalNetworkId, externalNetworkName, ...inputs } = outs;
    return { id, props: outs, inputs };
  },

  update: async (_id, olds, news) => ({ outs: await select(sessionWith(news.cloud), news, olds) }),
  delete: async () => {},
};

/** What of a selection was found by what of it was asked for. */
const askedFor = {
  imageId: "image",
  flavorId: "flavor",
  networkId: "network",
  mtu: "network",
  externalNetworkId: "externalNetwork",
  externalNetworkName: "externalNetwork",
} as const;
const learned = Object.keys(askedFor) as (keyof typeof askedFor)[];

/** A record of what was found, which previews know of where they do not look. */
export const selectedObjects: Implementation<CloudSelectionOutputs, CloudSelectionOutputs> = {
  /** In a preview a selection that is to be made again has found nothing: what is not asked for anew is what it was. */
  async check(olds, news) {
    if (olds === undefined || !isDeepStrictEqual(olds.cloud, news.cloud)) return { inputs: news };
    const kept = learned.filter(
      (key) => isUnknown(news[key]) && isDeepStrictEqual(olds[askedFor[key]], news[askedFor[key]]),
    );
    return { inputs: { ...news, ...Object.fromEntries(kept.map((key) => [key, olds[key]])) } };
  },

  diff: async (_id, olds, news) =>
    difference(olds, news, [], ["cloud", ...new Set(Object.values(askedFor)), ...learned]),
  create: async (inputs) => ({ id: "selected", outs: inputs }),
  read: async (id, outs) => ({ id, props: outs, inputs: outs }),
  update: async (_id, _olds, news) => ({ outs: news }),
  delete: async () => {},
};

/** A server that answers over SSH, with the host key that its console log shows; a deleted or failed one reads as gone. */
export const answeringServer: Implementation<AnsweringServerInputs, AnsweringServerOutputs> = {
  check: accept,
  diff: async (_id, olds, news) => difference(olds, news, ["cloud", "server"], ["node", "flavor", "host", "seconds"]),
  create: async (inputs) => ({ id: inputs.server, outs: await whole(inputs) }),

  async read(id, outs) {
    const found = await serverOf(sessionWith(outs.cloud), outs.server);
    if (found === undefined || found.status === "ERROR") return gone;
    const { hostKey, ...inputs } = outs;
    return { id, props: outs, inputs };
  },

  /** cloud-init prints keys on the first boot only, and a console log forgets. */
  async update(_id, olds, news) {
    const { hostKey, ...outs } = await whole(news);
    return { outs: { ...outs, hostKey: hostKey === "" ? olds.hostKey : hostKey } };
  },

  delete: async () => {},
};

async function whole(inputs: AnsweringServerInputs): Promise<AnsweringServerOutputs> {
  return { ...inputs, hostKey: await answering(sessionWith(inputs.cloud), inputs) };
}
