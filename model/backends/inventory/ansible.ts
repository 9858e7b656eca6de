/** What an Ansible inventory means, whichever syntax it is written in: groups of hosts with variables. */

import { parseAddress } from "../../addresses.ts";
import type { Violation } from "../../violation.ts";
import { roleGroups } from "./groups.ts";
import { exampleAddress, fileLine, type HostKeyName, type ListedHost, type Listing } from "./listed.ts";

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

/** The variables a host's facts are read from, the first that is set wins; the first one is what messages name. */
const variableNames = {
  number: ["number", "node_number"],
  host: ["ansible_host", "ansible_ssh_host"],
  port: ["ansible_port", "ansible_ssh_port"],
  user: ["ansible_user", "ansible_ssh_user"],
  identityFile: ["ansible_ssh_private_key_file", "ansible_private_key_file"],
  hostKey: ["host_key"],
} as const;

/** Connections that are SSH (Ansible's `ansible_connection`). */
const sshConnections: readonly unknown[] = ["ssh", "smart", "paramiko"];

/** A group that every host is in. */
const EVERYONE = "all";

/** The hosts of an inventory that are test nodes: the primary, then the subnodes in the order of their group. */
export function ansibleHosts(file: string, inventory: AnsibleInventory): Listing {
  if (inventory.problems.length > 0) return { hosts: [], problems: inventory.problems };
  const { chosen, problems } = roleGroups(file, inventory);
  const read = chosen.map((host, index) => readHost(file, inventory, host, index));
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

function readHost(
  file: string,
  inventory: AnsibleInventory,
  { name, line }: GroupHost,
  index: number,
): { readonly host: ListedHost; readonly problems: readonly Violation[] } {
  const variables = variablesOf(name, inventory);
  const find = (key: keyof typeof variableNames): Variable | undefined =>
    variableNames[key].map((one) => variables.get(one)).find((one) => one !== undefined && !isBlank(one.value));
  const text = (key: keyof typeof variableNames): string | undefined => {
    const found = find(key);
    return found === undefined ? undefined : String(found.value);
  };
  const { privateAddress, publicAddress, line: nodepoolLine } = nodepoolFacts(variables.get("nodepool"));
  const reached = text("host") ?? publicAddress;
  // Where no private address is told, nodes meet at the address they are reached at.
  const address = [privateAddress, reached, name].find((one) => one !== undefined && parseAddress(one) !== undefined);
  const origin = {
    at: (key: HostKeyName) => fileLine(file, (key === "address" ? nodepoolLine : find(key)?.line) ?? line),
    write: (key: HostKeyName, value: string | number) =>
      key === "address"
        ? inventory.write("nodepool", { private_ipv4: value })
        : inventory.write(variableNames[key][0], value),
  };
  const problem = (key: HostKeyName, expected: string, given: unknown, value: string | number): Violation => ({
    path: origin.at(key),
    expected: `${name}: ${expected}`,
    given: given === undefined ? "nothing" : String(given),
    write: origin.write(key, value),
  });
  const problems: Violation[] = [];
  if (privateAddress !== undefined && parseAddress(privateAddress) === undefined) {
    problems.push(problem("address", "an IP address in nodepool.private_ipv4", privateAddress, exampleAddress(index)));
  } else if (address === undefined) {
    const expected = "the address other nodes reach it at: nodepool.private_ipv4, or an IP address in ansible_host";
    problems.push(problem("address", expected, reached, exampleAddress(index)));
  }
  const connection = variables.get("ansible_connection");
  if (connection !== undefined && !sshConnections.includes(connection.value)) {
    problems.push({
      path: fileLine(file, connection.line),
      expected: `${name}: a host that is reached over SSH, also when it is this machine`,
      given: String(connection.value),
      write: inventory.write("ansible_connection", "ssh"),
    });
  }
  const numbers = { port: find("port"), number: find("number") };
  for (const [key, found] of Object.entries(numbers) as ["port" | "number", Variable | undefined][]) {
    if (found !== undefined && !/^\d+$/.test(String(found.value))) {
      problems.push(problem(key, "a whole number", found.value, key === "port" ? 22 : index));
    }
  }
  const fact = <Key extends string, Value>(key: Key, value: Value | undefined) =>
    (value === undefined ? {} : { [key]: value }) as { readonly [Name in Key]?: Value };
  const host: ListedHost = {
    origin,
    address: privateAddress ?? address ?? exampleAddress(index),
    host: reached ?? name,
    ...fact("number", wholeNumber(numbers.number)),
    ...fact("port", wholeNumber(numbers.port)),
    ...fact("user", text("user")),
    ...fact("identityFile", text("identityFile")),
    ...fact("hostKey", text("hostKey")),
  };
  return { host, problems };
}

/** What nodepool told Zuul of the node; Zuul writes a blank for an address that it does not have. */
function nodepoolFacts(variable: Variable | undefined): {
  readonly privateAddress?: string | undefined;
  readonly publicAddress?: string | undefined;
  readonly line?: number | undefined;
} {
  if (variable === undefined || typeof variable.value !== "object" || variable.value === null) return {};
  const facts = new Map(Object.entries(variable.value));
  const told = (key: string): string | undefined => (isBlank(facts.get(key)) ? undefined : String(facts.get(key)));
  return { privateAddress: told("private_ipv4"), publicAddress: told("public_ipv4"), line: variable.line };
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

function wholeNumber(variable: Variable | undefined): number | undefined {
  return variable !== undefined && /^\d+$/.test(String(variable.value)) ? Number(variable.value) : undefined;
}
