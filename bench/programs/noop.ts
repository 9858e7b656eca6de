/** Yardstick: what Pulumi costs for as many dynamic resources as the overlays have, when none of them does anything. */
import * as pulumi from "@pulumi/pulumi";

/** A provider as thin as they come: nothing is loaded, nothing is compared, nothing is made. */
const provider: pulumi.dynamic.ResourceProvider = {
  check: async (_olds, news) => ({ inputs: news }),
  diff: async () => ({ changes: false }),
  create: async (inputs) => ({ id: "nothing", outs: inputs }),
  update: async (_id, _olds, news) => ({ outs: news }),
  delete: async () => {},
};

class Nothing extends pulumi.dynamic.Resource {
  constructor(name: string, number: number) {
    super(provider, name, { number }, undefined, "bench", "Nothing");
  }
}

const count = new pulumi.Config().requireNumber("resources");
for (let number = 1; number <= count; number++) new Nothing(`nothing-${number}`, number);
