/** Where a host's key is written, for one who means to accept another than is on record. */
import type { LocalFiles } from "../../local-files.ts";
import { SSH_PORT } from "../../ssh-port.ts";
import type { InventoryOptions } from "./schema.ts";
import { listHosts } from "./sources.ts";

/** Where SSH reaches a host. */
interface Place {
  readonly host: string;
  readonly port: number;
}

/** Says what to write, and where, so that a key counts as the host's. */
export interface KeyPlaces {
  ofHost(host: Place, key: string): string;
  ofJump(key: string): string;
}

/** The places for keys of an inventory's hosts: each in the list that the host comes from, or in its known_hosts file. */
export function keyPlaces(options: InventoryOptions, files: LocalFiles): KeyPlaces {
  return {
    ofHost(at, key) {
      const { hosts } = listHosts(options, files);
      const listed = hosts.find(
        ({ host, address, port = options.port }) => (host ?? address) === at.host && port === at.port,
      );
      const { knownHosts, nodepool } = options;
      if (listed?.hostKey === undefined && knownHosts !== undefined)
        return `${knownHostsLine(at, key)}   (in ${knownHosts})`;
      if (listed === undefined || nodepool !== undefined)
        return `${knownHostsLine(at, key)}   (in a file with the keys of all hosts, which nodes.inventory.knownHosts names)`;
      return `${listed.origin.write("hostKey", key)}   (${listed.origin.at("hostKey")})`;
    },
    ofJump: (key) => `hostKey: ${key}   (nodes.inventory.jump.hostKey)`,
  };
}

/** A line of known_hosts (sshd(8)). */
function knownHostsLine({ host, port }: Place, key: string): string {
  return `${port === SSH_PORT ? host : `[${host}]:${port}`} ${key}`;
}
