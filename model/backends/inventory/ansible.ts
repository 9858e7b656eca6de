/** What an Ansible inventory means, whichever syntax it is written in: groups of hosts with variables. */
import type { Violation } from "../../violation.ts";
import { portVariable, readHost } from "./ansible-host.ts";
import { roleGroups } from "./groups.ts";
import type { HostPattern } from "./host-pattern.ts";
import type { Listing } from "./listed.ts";

/** A variable's value, and the line it stands in. */
export interface Variable {
  readonly value: unknown;
  readonly line: number;
}

/** Variables by name. */
export type Variables = ReadonlyMap<string, Variable>;

/** A host as a group lists it. */
export interface GroupHost {
  readonly name: string;
  readonly line: number;
  readonly variables: Variables;
}

/** The hosts of a pattern, each with the same variables; a port behind it counts where no variable names another. */
export function hostsOf({ names, port }: HostPattern, line: number, variables: Variables): readonly GroupHost[] {
  const behind: [string, Variable][] = port === undefined ? [] : [[portVariable, { value: port, line }]];
  return names.map((name) => ({ name, line, variables: new Map([...behind, ...variables]) }));
}

/** A group of an inventory. One name may stand for several of them, which add up. */
export interface Group {
  readonly name: string;
  readonly hosts: readonly GroupHost[];
  readonly variables: Variables;
  /** Names of the groups in it. */
  readonly children: readonly string[];
}

/** A parsed inventory. */
export interface AnsibleInventory {
  readonly groups: readonly Group[];
  readonly problems: readonly Violation[];
  /** How the syntax writes a variable of a host. */
  readonly write: (name: string, value: unknown) => string;
}

/** A group that every host is in. */
const EVERYONE = "all";

/** The hosts of an inventory that are test nodes: the primary, then the subnodes in the order of their group. */
export function ansibleHosts(file: string, inventory: AnsibleInventory): Listing {
  if (inventory.problems.length > 0) return { hosts: [], problems: inventory.problems };
  const { chosen, problems } = roleGroups(file, inventory);
  const read = chosen.map((host, index) =>
    readHost({ file, inventory, host, variables: variablesOf(host.name, inventory), index }),
  );
  return {
    hosts: read.map(({ host }) => host),
    problems: [...problems, ...read.flatMap((one) => one.problems)],
  };
}

/** The variables of a host: its own win over those of its groups, and inner groups over outer ones. */
function variablesOf(host: string, { groups }: AnsibleInventory): Variables {
  const depths = depthsOf(groups);
  const holding = groups
    .filter((group) => group.name === EVERYONE || isIn(host, group.name, groups))
    .toSorted((a, b) => (depths.get(a.name) ?? 0) - (depths.get(b.name) ?? 0));
  const own = groups.flatMap((group) => group.hosts.filter(({ name }) => name === host));
  return new Map([...holding, ...own].flatMap(({ variables }) => [...variables]));
}

/** How deep each group lies below others; a group of everyone lies above all. */
function depthsOf(groups: readonly Group[]): ReadonlyMap<string, number> {
  const depths = new Map(groups.map(({ name }) => [name, name === EVERYONE ? 0 : 1]));
  // As many rounds as there are groups settle any nesting, and end where groups are wrongly in each other.
  for (const _ of groups) {
    for (const { name, children } of groups) {
      for (const child of children) {
        depths.set(child, Math.max(depths.get(child) ?? 1, Math.min((depths.get(name) ?? 0) + 1, groups.length)));
      }
    }
  }
  return depths;
}

/** Whether a host is in a group or in one of the groups in it. */
function isIn(host: string, group: string, groups: readonly Group[]): boolean {
  return membersOf(group, groups).some(({ name }) => name === host);
}

/** The hosts of a group and of all groups in it, each once, in their order. */
export function membersOf(group: string, groups: readonly Group[]): readonly GroupHost[] {
  const seen = new Set<string>();
  const found = new Map<string, GroupHost>();
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    const parts = groups.filter((one) => one.name === name);
    for (const host of parts.flatMap(({ hosts }) => hosts)) if (!found.has(host.name)) found.set(host.name, host);
    for (const child of parts.flatMap(({ children }) => children)) visit(child);
  };
  visit(group);
  return [...found.values()];
}
