/** The nodes of a job as each of them knows the others: by name, host name, address and host key. */

/** A node of the job. */
export interface Peer {
  /** `primary`, `subnode-1`, … */
  readonly name: string;
  readonly hostname: string;
  /** Underlay address. */
  readonly address: string;
  /** TCP port of its SSH server. */
  readonly port: number;
  /** Public host key as in known_hosts, `<type> <base64>`. */
  readonly publicKey: string;
}

/**
 * A peer as one line: every node's state holds a line for every other node, so it says each thing once and nothing more.
 * None of the words holds a space.
 */
export function peerLine({ name, hostname, address, port, publicKey }: Peer): string {
  return `${name} ${hostname} ${address} ${port} ${publicKey}`;
}

/** Reads the line back. */
export function parsePeer(line: string): Peer {
  const [name = "", hostname = "", address = "", port = "", type = "", key = ""] = line.split(" ");
  return { name, hostname, address, port: Number(port), publicKey: `${type} ${key}` };
}
