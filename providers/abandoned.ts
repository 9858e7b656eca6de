/**
 * Nodes whose hosts the configuration gives up, or of which it says that they were made anew: what was on them counts as
 * gone, and nobody asks them.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SSH_PORT } from "../model/ssh-port.ts";

/** Where the configuration names them. */
export const ABANDON_KEY = "nodes.inventory.abandon";

/** What a stack's file says of its hosts. */
interface SaidOfHosts {
  /** Names of abandoned nodes. */
  readonly abandoned: readonly string[];
  /** Hosts with the keys they have to have. */
  readonly hosts: readonly { readonly host: string; readonly port: number; readonly hostKey: string }[];
}

const nothingSaid: SaidOfHosts = { abandoned: [], hosts: [] };

/** What the stack's file says, for the call that runs. */
const said = new AsyncLocalStorage<SaidOfHosts>();

/** A run is about one stack, and its file does not change meanwhile. */
const known = new Map<string, Promise<SaidOfHosts>>();

/** Whether the node's host is given up. */
export function isAbandoned(node: string): boolean {
  return abandonedNodes().includes(node);
}

/** Names of the nodes whose hosts are given up. */
export function abandonedNodes(): readonly string[] {
  return said.getStore()?.abandoned ?? [];
}

/**
 * Whether the configuration gives the host another key, of the same type, than it had: it was made anew on purpose. A key
 * of another type may be the same host's.
 */
export function isRemade({ host, port, hostKey }: { host: string; port: number; hostKey: string }): boolean {
  const [type = "", key = ""] = hostKey.split(" ");
  const given =
    said
      .getStore()
      ?.hosts.find((one) => one.host === host && one.port === port)
      ?.hostKey.split(/\s+/) ?? [];
  return given.includes(type) && !given.includes(key);
}

/**
 * Does work on a stack's objects, with the nodes in mind that it abandons. They are read from the stack's file in the
 * project's folder, where providers run: a program tells nothing to `destroy`, which does not run it.
 *
 * @param environment `<stack>-<id>`; without one no node is abandoned
 */
export async function mindingAbandoned<Result>(
  environment: string | undefined,
  work: () => Result,
): Promise<Awaited<Result>> {
  const stack = environment?.replace(/-[0-9a-f]+$/, "");
  return await said.run(stack === undefined ? nothingSaid : await saidOf(stack), work);
}

function saidOf(stack: string): Promise<SaidOfHosts> {
  const hosts = known.get(stack) ?? readHosts(join(process.cwd(), `Pulumi.${stack}.yaml`));
  known.set(stack, hosts);
  return hosts;
}

/** The part of the configuration that is used, as a user may have written it. */
interface WrittenInventory {
  readonly abandon?: unknown;
  readonly port?: unknown;
  readonly hosts?: unknown;
}

/** What is wrong in the file, or that there is none, is for Pulumi and the program to tell. */
async function readHosts(file: string): Promise<SaidOfHosts> {
  try {
    const text = readFileSync(file, "utf8");
    if (!text.includes("inventory")) return nothingSaid;
    // Loaded where they are needed, as most runs do not.
    const [{ parse }, { CONFIG_NAMESPACE }] = await Promise.all([import("yaml"), import("../model/schema/write.ts")]);
    const { config } = parse(text) as { config?: Record<string, unknown> };
    const nodes = config?.[`${CONFIG_NAMESPACE}:nodes`] as { inventory?: WrittenInventory } | undefined;
    const { abandon, hosts, port } = nodes?.inventory ?? {};
    return {
      abandoned: Array.isArray(abandon) ? abandon.filter((name) => typeof name === "string") : [],
      hosts: (Array.isArray(hosts) ? hosts : [])
        .filter((entry) => typeof entry?.hostKey === "string")
        .map((entry) => ({
          host: String(entry.host ?? entry.address),
          port: Number(entry.port ?? port ?? SSH_PORT),
          hostKey: entry.hostKey,
        })),
    };
  } catch {
    return nothingSaid;
  }
}
