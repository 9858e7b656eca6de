/** Which hosts of an Ansible inventory are test nodes: the groups that Zuul's jobs and their predecessors use. */
import type { Violation } from "../../violation.ts";
import { type AnsibleInventory, type GroupHost, membersOf } from "./ansible.ts";
import { fileLine } from "./listed.ts";

/** Names of the primary's group, the first that has hosts counts. Ansible takes a host's name for a group, too. */
const primaryGroups = ["primary", "switch", "controller"] as const;

/** Names of the subnodes' group, the first that has hosts counts. */
const subnodeGroups = ["subnodes", "peers", "subnode"] as const;

/** The test nodes of an inventory, the primary first; hosts that are in none of the groups are none. */
export function roleGroups(
  file: string,
  { groups }: AnsibleInventory,
): { readonly chosen: readonly GroupHost[]; readonly problems: readonly Violation[] } {
  const everyone = remoteHosts(groups.flatMap(({ hosts }) => hosts));
  const first = (names: readonly string[]) =>
    names.map((name) => membersOf(name, groups)).find((hosts) => hosts.length > 0);
  const named = everyone.filter(({ name }) => (primaryGroups as readonly string[]).includes(name));
  const primaries = first(primaryGroups) ?? (named.length > 0 ? named.slice(0, 1) : everyone.slice(0, 1));
  const isAlone = everyone.length === 1;
  const [primary, ...more] = primaries;
  if (primary === undefined) {
    return {
      chosen: [],
      problems: [
        {
          path: fileLine(file, 1),
          expected: `hosts in the groups ${primaryGroups.join(", ")} and ${subnodeGroups.join(", ")}`,
          given: "no host",
          write: "hosts, or another file",
        },
      ],
    };
  }
  const subnodes = (first(subnodeGroups) ?? []).filter(({ name }) => name !== primary.name);
  const problems: Violation[] = more.map((host) => ({
    path: fileLine(file, host.line),
    expected: `one host in the primary's group, ${primary.name}`,
    given: host.name,
    write: `${host.name} in a group of ${subnodeGroups.join(", ")}`,
  }));
  const isTold = first(primaryGroups) !== undefined || named.length > 0 || isAlone;
  const isSplit = isTold && (isAlone || first(subnodeGroups) !== undefined);
  if (!isSplit) {
    problems.push({
      path: fileLine(file, primary.line),
      expected: `a group ${primaryGroups.join(", ")} with one host, and a group ${subnodeGroups.join(", ")} with the others`,
      given: everyone.map(({ name }) => name).join(" "),
      write: `a group ${isTold ? subnodeGroups[0] : primaryGroups[0]}`,
    });
  }
  return { chosen: [primary, ...subnodes], problems };
}

/** The hosts without the machine that Ansible itself runs on, which Zuul lists beside the nodes; with it where it is alone. */
function remoteHosts(hosts: readonly GroupHost[]): readonly GroupHost[] {
  const isLocal = ({ variables }: GroupHost): boolean => variables.get("ansible_connection")?.value === "local";
  const local = new Set(hosts.filter(isLocal).map(({ name }) => name));
  const all = unique(hosts);
  const remote = all.filter(({ name }) => !local.has(name));
  return remote.length === 0 ? all : remote;
}

function unique(hosts: readonly GroupHost[]): readonly GroupHost[] {
  return [...new Map(hosts.toReversed().map((host) => [host.name, host])).values()].toReversed();
}
