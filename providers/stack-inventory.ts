/** The existing hosts of a stack as its file lists them: for providers, which no program tells of them in a `destroy`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { KeyPlaces } from "../model/backends/inventory/key-places.ts";
import type { Login } from "../model/backends/inventory/resolve.ts";
import { localFiles } from "./local-files.ts";

/** Names of further nodes whose hosts are given up, by commas: for one run, and where the stack's file is not at hand. */
export const ABANDON_VARIABLE = "MULTINODE_ABANDON";

/** What a stack's file says of its hosts. */
export interface StackInventory {
  /** Names of abandoned nodes. */
  readonly abandoned: readonly string[];
  /** Hosts with the keys they have to have. */
  readonly hosts: readonly Login[];
  readonly jump?: Login;
}

/** Of a stack without existing hosts. */
export const noInventory: StackInventory = { abandoned: [], hosts: [] };

/** `nodes.inventory` as a user may have written it. */
type Written = Readonly<Record<string, unknown>>;

/** Keys of `nodes.inventory` that lead to host keys; without any of them nothing is to be looked for. */
const leadsToKeys = /"(?:hostKey|knownHosts|file)":/;

/** A run is about one stack, and its file does not change meanwhile. */
const known = new Map<string, Promise<StackInventory>>();

/** The stack of an environment's mark, `<stack>-<id>`. */
export function stackOf(environment: string): string {
  return environment.replace(/-[0-9a-f]+$/, "");
}

/** What the stack's file in the project's folder, where providers run, says. What is wrong in it is for the program to tell. */
export function stackInventory(stack: string): Promise<StackInventory> {
  const found =
    known.get(stack) ??
    read(stack)
      .catch(() => noInventory)
      .then(withAbandonedNow);
  known.set(stack, found);
  return found;
}

function withAbandonedNow(inventory: StackInventory): StackInventory {
  const names = (process.env[ABANDON_VARIABLE] ?? "").split(",").filter((name) => name !== "");
  return { ...inventory, abandoned: [...inventory.abandoned, ...names] };
}

/** Where keys of the stack's hosts are written; undefined where its file lists no hosts. */
export async function stackKeyPlaces(stack: string): Promise<KeyPlaces | undefined> {
  const options = await optionsOf(await written(stack).catch(() => undefined));
  if (options === undefined) return undefined;
  const { keyPlaces } = await import("../model/backends/inventory/key-places.ts");
  return keyPlaces(options, localFiles(process.cwd()));
}

async function read(stack: string): Promise<StackInventory> {
  const inventory = await written(stack);
  if (inventory === undefined) return noInventory;
  const { abandon } = inventory;
  const abandoned = Array.isArray(abandon) ? abandon.filter((name) => typeof name === "string") : [];
  const options = leadsToKeys.test(JSON.stringify(inventory)) ? await optionsOf(inventory) : undefined;
  if (options === undefined) return { abandoned, hosts: [] };
  const { resolveInventory } = await import("../model/backends/inventory/resolve.ts");
  const { hosts, jump } = resolveInventory(options, localFiles(process.cwd()));
  return { abandoned, hosts, ...(jump === undefined ? {} : { jump }) };
}

async function written(stack: string): Promise<Written | undefined> {
  const text = readFileSync(join(process.cwd(), `Pulumi.${stack}.yaml`), "utf8");
  if (!text.includes("inventory")) return undefined;
  // Loaded where they are needed, as most runs do not.
  const [{ parse }, { CONFIG_NAMESPACE }] = await Promise.all([import("yaml"), import("../model/schema/write.ts")]);
  const { config } = parse(text) as { config?: Record<string, unknown> };
  const nodes = config?.[`${CONFIG_NAMESPACE}:nodes`] as { backend?: unknown; inventory?: Written } | undefined;
  return nodes?.inventory;
}

/** The private key is encrypted here, and is nothing that tells of hosts. */
async function optionsOf(inventory: Written | undefined) {
  if (inventory === undefined) return undefined;
  const { optionsShape } = await import("../model/backends/inventory/schema.ts");
  const { privateKey: _, ...rest } = inventory;
  return optionsShape.safeParse(rest).data;
}
