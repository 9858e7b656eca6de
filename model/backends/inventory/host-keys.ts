/** Which host keys are known before the first contact. */
import type { LocalFiles } from "../../local-files.ts";
import { nodeName } from "../../nodes.ts";
import type { Violation } from "../../violation.ts";
import { knownHostKey } from "./known-hosts.ts";
import type { InventoryOptions } from "./schema.ts";

/** The keys of the known_hosts file that the configuration names, where it names one. */
export interface HostKeys {
  readonly problems: readonly Violation[];
  keyOf(host: string, port: number): string | undefined;
  /** Hosts without a key, where the file was to know them all: without a file, keys are learned at the first contact. */
  missing(
    hosts: readonly { readonly number: number; readonly host: string; readonly port: number }[],
  ): readonly Violation[];
}

const PATH = "nodes.inventory.knownHosts";
const LEARNED = "# no knownHosts: a key is then trusted at the first contact, and its change refused from then on";

/** Looks into the known_hosts file of a configuration. */
export function knownKeys({ knownHosts, jump }: InventoryOptions, files: LocalFiles): HostKeys {
  if (knownHosts === undefined) return { problems: [], keyOf: () => undefined, missing: () => [] };
  const text = files.text(files.absolute(knownHosts));
  const keyOf = (host: string, port: number) => knownHostKey(text ?? "", host, port);
  if (text === undefined) {
    const expected = "a known_hosts file that can be read";
    return { problems: [{ path: PATH, expected, given: knownHosts, write: LEARNED }], keyOf, missing: () => [] };
  }
  return {
    problems: [],
    keyOf,
    missing(hosts) {
      const lacks = jump !== undefined && jump.hostKey === undefined && keyOf(jump.host, jump.port) === undefined;
      const unknown = [
        ...hosts.map(({ number, host, port }) => ({ name: nodeName(number), host, port })),
        ...(lacks ? [{ name: "the jump host", host: jump.host, port: jump.port }] : []),
      ];
      if (unknown.length === 0) return [];
      const list = unknown.map(({ name, host, port }) => `${name} (${host} port ${port})`).join(", ");
      const expected = `keys of all hosts in ${knownHosts}; it has none of ${list}`;
      return [{ path: PATH, expected, given: knownHosts, write: LEARNED }];
    },
  };
}
