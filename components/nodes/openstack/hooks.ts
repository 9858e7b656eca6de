/** What is done around the creation of every object in a cloud, and when that fails. */
import * as pulumi from "@pulumi/pulumi";
import type { CloudChoice } from "../../../providers/openstack/credentials.ts";
import { Leftovers } from "../../../providers/openstack/leftovers.ts";

/**
 * Hooks for every object of a stack in a cloud: before one is made, what an interrupted run left of it is removed; and where
 * a server fails while it is made, nova's own words for it are told, as the plugin keeps them to itself.
 */
export function cloudHooks(cloud: CloudChoice, mark: pulumi.Output<string>): pulumi.ResourceHookBinding {
  const leftovers = new Leftovers(cloud);
  const known = new Promise<string>((resolve) => {
    mark.apply(resolve);
  });
  const clear = new pulumi.ResourceHook("clear-leftovers", async ({ type, newInputs = {} }) => {
    for (const { kind, name, id } of await leftovers.clear(await known, { type, inputs: newInputs }))
      await pulumi.log.warn(`removed the ${kind} ${name} (${id}), which an interrupted run had left`);
  });
  const tell = new pulumi.ErrorHook("tell-fault", async ({ name, type, newInputs = {} }) => {
    const faults = type.endsWith(":Instance")
      ? await leftovers.faults(await known, { type, inputs: newInputs }).catch(() => [])
      : [];
    for (const fault of faults)
      await pulumi.log.error(`${name}: ${fault}\n    write     pulumi up   again: the server is made anew`);
    return false;
  });
  return { beforeCreate: [clear], onError: [tell] };
}
