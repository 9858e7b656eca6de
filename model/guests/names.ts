/** Names of everything that probe guests are made of: all carry the environment, so that the next run knows its own. */
import { interfaceName } from "../naming.ts";

/** Logical name in the mark of everything temporary; nothing that stays has it. */
export const PROBE_RESOURCE = "probe";

/** What a node's namespaces are for: the router with the guests' switch in it, and the guests. */
export type ProbeNamespace = "router" | GuestLetter;

/** The guests of a node: `b` sits behind a larger MTU than the overlay's, `a` does not. */
export type GuestLetter = "a" | "b";

/** Opening of the names of an environment's namespaces. Kept for `ip netns`, whose names may be long. */
export function namespacePrefix(environment: string): string {
  return `multinode-probe-${environment}-`;
}

/** Name of one of a node's network namespaces. */
export function namespaceName(environment: string, namespace: ProbeNamespace): string {
  return `${namespacePrefix(environment)}${namespace}`;
}

/** Folder of keys and SSH server configurations on a node; on a file system that a reboot empties. */
export function probeFolder(environment: string): string {
  return `/run/multinode-probe-${environment}`;
}

/** What an interface or a bridge that a probe adds beside the node's own is for. */
export type ProbeLink = "public" | "network" | "tunnels" | "gateway";

/** Name of an interface that a probe adds to a node: at most 15 characters, another one for every environment. */
export function probeLink(environment: string, link: ProbeLink): string {
  return interfaceName("mnp", `${environment} ${link}`);
}
