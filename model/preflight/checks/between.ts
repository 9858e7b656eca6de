/** What is wrong between hosts: entries that are one machine, and names that are not one host's alone. */
import type { HostFacts } from "../facts.ts";
import type { Problem } from "../problem.ts";

/** A host with its key, to compare with others. */
export interface ComparedHost {
  readonly name: string;
  /** As in known_hosts. */
  readonly hostKey: string;
  readonly facts: HostFacts;
}

/** The problems of each host with one that stands before it. */
export function problemsBetween(hosts: readonly ComparedHost[]): ReadonlyMap<string, readonly Problem[]> {
  return new Map(
    hosts.map((host, index) => [host.name, hosts.slice(0, index).flatMap((other) => compare(host, other))]),
  );
}

function compare(host: ComparedHost, other: ComparedHost): readonly Problem[] {
  if (machineOf(host) === machineOf(other)) {
    const expected = "a machine for each node";
    const remedy = `correct the entry of ${host.name} or of ${other.name}`;
    return [{ subject: "machine", expected, given: `the same machine as ${other.name}`, remedy }];
  }
  const { hostname } = host.facts;
  if (hostname !== other.facts.hostname) return [];
  const given = `${hostname}, as on ${other.name}`;
  const remedy = "on one of them: hostnamectl set-hostname <name>";
  return [{ subject: "host name", expected: "a name of its own, as nova tells hosts apart by it", given, remedy }];
}

/** Images may be copied with their host keys and ids, but no two machines have the same interfaces. */
function machineOf({ hostKey, facts }: ComparedHost): string {
  return [hostKey, ...(facts.links ?? []).map(({ mac }) => mac).toSorted()].join(" ");
}
