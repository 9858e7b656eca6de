/** How a node is reached, and whether it can still be there. */
import { isAbandoned, isRemade } from "../abandoned.ts";
import { isLabNodeGone } from "../lab/liveness.ts";
import type { CloudChoice } from "../openstack/credentials.ts";
import { askForServer, isServerGone } from "../openstack/liveness.ts";

/** A host that connections to a node go through. */
export interface JumpHost {
  /** Address to reach SSH at. */
  host: string;
  /** TCP port of SSH. */
  port: number;
  /** Login name; it needs no rights but that to forward connections. */
  user: string;
  /** Public host key as in known_hosts, `<type> <base64>`. */
  hostKey: string;
  /** Path of the private key on this machine; absent where the SSH agent of the user holds it. */
  identityFile?: string;
}

/** Everything needed to reach a node: an output of the node's resource and an input of all that lives on it. */
export interface NodeHandle {
  /** `primary`, `subnode-1`, … */
  name: string;
  /** Underlay address: where tunnels end. */
  address: string;
  /** Address to reach SSH at; the underlay's where that is reachable. */
  host: string;
  /** TCP port of SSH. */
  port: number;
  /** Login name; anyone but root needs passwordless sudo. */
  user: string;
  /** Public host key as in known_hosts, `<type> <base64>`. */
  hostKey: string;
  /** Path of the private key on this machine; absent where the SSH agent of the user holds it. */
  identityFile?: string;
  /** The host that connections go through, where the node is not reached directly. */
  jump?: JumpHost;
  /** New with every creation of the node: what lives on it is made anew when this changes. */
  incarnation: string;
  /** Run-time folder of the node's lab, for nodes of the embedded lab only. */
  lab?: string;
  /** The cloud that the node is a server of, and the server's id there, for such nodes only. */
  server?: { cloud: CloudChoice; id: string };
}

/** Asks the clouds that nodes are servers of whether they are there, so that `isNodeGone` knows. */
export async function askForNodes(nodes: readonly NodeHandle[]): Promise<void> {
  await Promise.all(
    nodes.map(async ({ server }) => {
      if (server !== undefined) await askForServer(server.cloud, server.id);
    }),
  );
}

/**
 * Whether the node this handle was made for is known, without SSH, to exist no longer, or is given up by the configuration;
 * what lived on it is gone too. Of a cloud's server it is known once `askForNodes` has asked.
 */
export function isNodeGone(node: NodeHandle): boolean {
  if (isAbandoned(node.name) || isRemade(node)) return true;
  if (node.server !== undefined) return isServerGone(node.server.id);
  return node.lab !== undefined && isLabNodeGone(node.lab, node.name, node.incarnation);
}
