/** Existing hosts: listed in the configuration, in a nodepool folder, or in an inventory of Ansible's. */
import { addressBits, parseAddress } from "../addresses.ts";
import { noFiles } from "../local-files.ts";
import type { NodesSettings } from "../settings.ts";
import type { Backend, Member, Underlay } from "./backend.ts";
import { type ResolvedInventory, resolveInventory } from "./inventory/resolve.ts";
import { type InventoryOptions, optionsShape } from "./inventory/schema.ts";

/** What `nodes.inventory` becomes. */
export interface InventorySettings extends ResolvedInventory {
  /** As the user wrote them, defaults filled in. */
  readonly options: InventoryOptions;
}

const schema = optionsShape.transform((options): InventorySettings => resolved(options));

function resolved(options: InventoryOptions, files = noFiles): InventorySettings {
  return { options, ...resolveInventory(options, files) };
}

/** Existing hosts as a backend. The MTU between them is measured on them. */
export const inventory = {
  summary: "existing hosts",
  schema,
  memberPaths: ["nodes.inventory"],
  withFiles: ({ options }, files) => resolved(options, files),
  members: ({ hosts }): readonly Member[] => hosts.map(({ number, address }) => ({ number, address })),
  underlay: ({ hosts }): Underlay => ({
    ranges: hosts.flatMap(({ address }) => {
      const parsed = parseAddress(address);
      return parsed === undefined ? [] : [`${address}/${addressBits[parsed.family]}`];
    }),
  }),
  violations: ({ problems }) => problems,
} as const satisfies Backend<InventorySettings>;

/** Whether nodes are logged in to with a key that the configuration itself holds. */
export function holdsPrivateKey(nodes: NodesSettings): boolean {
  return nodes.backend === "inventory" && nodes.inventory.options.privateKey !== undefined;
}
