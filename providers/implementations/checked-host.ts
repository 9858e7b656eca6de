/** Implementation of a host that has passed the pre-flight. */
import { isDeepStrictEqual } from "node:util";
import type { CheckedHostInputs } from "../checked-host.ts";
import { difference, type Implementation, isUnknown } from "../implementation.ts";

/** A record of what the pre-flight learned of one host; it touches no host. */
export const checkedHost: Implementation<CheckedHostInputs, CheckedHostInputs> = {
  /** In a preview a pre-flight that is to be made again gives no handles: those of hosts that stay are what they were. */
  async check(olds, news) {
    const stays = isUnknown(news.handle) && !isUnknown(news.about) && isDeepStrictEqual(olds?.about, news.about);
    return { inputs: stays && olds !== undefined ? { ...news, handle: olds.handle } : news };
  },

  diff: async (_id, olds, news) => difference(olds, news, [], ["about", "handle"]),
  create: async (inputs) => ({ id: inputs.about.name, outs: inputs }),
  read: async (id, outs) => ({ id, props: outs, inputs: outs }),
  update: async (_id, _olds, news) => ({ outs: news }),
  delete: async () => {},
};
