/**
 * Nodes whose hosts the configuration gives up, or of which it says that they were made anew: what was on them counts as
 * gone, and nobody asks them. A jump host that was made anew is the way to the same nodes.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { noInventory, type StackInventory, stackInventory, stackOf } from "./stack-inventory.ts";

/** Where the configuration names them. */
export const ABANDON_KEY = "nodes.inventory.abandon";

/** A machine as SSH knows it. */
interface KnownMachine {
  readonly host: string;
  readonly port: number;
  /** `<type> <base64>`. */
  readonly hostKey: string;
}

/** What the stack's file says, for the call that runs. */
const said = new AsyncLocalStorage<StackInventory>();

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
export function isRemade({ host, port, hostKey }: KnownMachine): boolean {
  const [type, key] = hostKey.split(" ");
  const given = said.getStore()?.hosts.find((one) => one.host === host && one.port === port)?.hostKey;
  const [givenType, givenKey] = given?.split(" ") ?? [];
  return givenType === type && givenKey !== key;
}

/** The key that a jump host has to show: the one that the configuration gives it now, else the one on record. */
export function jumpHostKey({ host, port, hostKey }: KnownMachine): string {
  const jump = said.getStore()?.jump;
  return (jump?.host === host && jump.port === port ? jump.hostKey : undefined) ?? hostKey;
}

/**
 * Does work on a stack's objects, with the nodes in mind that it abandons. They are read from the stack's file: a program
 * tells nothing to `destroy`, which does not run it.
 *
 * @param environment `<stack>-<id>`; without one no node is abandoned
 */
export async function mindingAbandoned<Result>(
  environment: string | undefined,
  work: () => Result,
): Promise<Awaited<Result>> {
  return await said.run(environment === undefined ? noInventory : await stackInventory(stackOf(environment)), work);
}
