/** What an Ansible inventory says of one host. */
import { parseAddress } from "../../addresses.ts";
import { SSH_PORT } from "../../ssh-port.ts";
import type { Violation } from "../../violation.ts";
import type { AnsibleInventory, GroupHost, Variable, Variables } from "./ansible.ts";
import { exampleAddress, fileLine, type HostKeyName, type ListedHost, type Origin } from "./listed.ts";

/** The variables a host's facts are read from, the first that is set wins; the first one is what messages name. */
const variableNames = {
  number: ["number", "node_number"],
  host: ["ansible_host", "ansible_ssh_host"],
  port: ["ansible_port", "ansible_ssh_port"],
  user: ["ansible_user", "ansible_ssh_user"],
  identityFile: ["ansible_ssh_private_key_file", "ansible_private_key_file"],
  hostKey: ["host_key"],
} as const;

type VariableKey = keyof typeof variableNames;

/** The variable with a host's port of SSH, which may stand behind its name as well. */
export const portVariable = variableNames.port[0];

/** Connections that are SSH (Ansible's `ansible_connection`). */
const sshConnections: readonly unknown[] = ["ssh", "smart", "paramiko"];

/** Where a host is read from. */
export interface HostSource {
  readonly file: string;
  readonly inventory: AnsibleInventory;
  readonly host: GroupHost;
  /** Its own variables and those of its groups. */
  readonly variables: Variables;
  /** Its place among the nodes, counted from 0. */
  readonly index: number;
}

/** A host, and everything that is wrong with what is said of it. */
export function readHost(source: HostSource): { readonly host: ListedHost; readonly problems: readonly Violation[] } {
  const { variables, host: named, index } = source;
  const { privateAddress, publicAddress } = nodepoolFacts(variables.get("nodepool"));
  const reached = textOf(find(variables, "host")) ?? publicAddress;
  // Where no private address is told, nodes meet at the address they are reached at.
  const candidates = [privateAddress, reached, named.name];
  const address = candidates.find((one) => one !== undefined && parseAddress(one) !== undefined);
  const fact = <Key extends string, Value>(key: Key, value: Value | undefined) =>
    (value === undefined ? {} : { [key]: value }) as { readonly [Name in Key]?: Value };
  const host: ListedHost = {
    origin: originOf(source),
    address: privateAddress ?? address ?? exampleAddress(index),
    host: reached ?? named.name,
    ...fact("number", wholeNumber(find(variables, "number"))),
    ...fact("port", wholeNumber(find(variables, "port"))),
    ...fact("user", textOf(find(variables, "user"))),
    ...fact("identityFile", textOf(find(variables, "identityFile"))),
    ...fact("hostKey", textOf(find(variables, "hostKey"))),
  };
  const problems = [
    ...wrongNodepool(source),
    ...wrongConnection(source),
    ...wrongAddress(source, host.origin, { privateAddress, address, reached }),
    ...wrongNumbers(source, host.origin),
  ];
  return { host, problems };
}

function originOf({ file, inventory, host, variables }: HostSource): Origin {
  const lineOf = (key: HostKeyName): number =>
    (key === "address" ? variables.get("nodepool") : find(variables, key))?.line ?? host.line;
  return {
    at: (key) => fileLine(file, lineOf(key)),
    write: (key, value) =>
      key === "address"
        ? inventory.write("nodepool", { private_ipv4: value })
        : inventory.write(variableNames[key][0], value),
  };
}

/** Quotes that a line of INI loses on the way make other things of a mapping than it was. */
function wrongNodepool({ file, inventory, host, variables, index }: HostSource): readonly Violation[] {
  const variable = variables.get("nodepool");
  if (variable === undefined || isBlank(variable.value) || mappingOf(variable.value) !== undefined) return [];
  return [
    {
      path: fileLine(file, variable.line),
      expected: `${host.name}: nodepool as a mapping of names to values, in INI with quotes around all of it`,
      given: shown(variable.value),
      write: inventory.write("nodepool", { private_ipv4: exampleAddress(index) }),
    },
  ];
}

function wrongAddress(
  { host: { name }, index }: HostSource,
  origin: Origin,
  {
    privateAddress,
    address,
    reached,
  }: { readonly [Key in "privateAddress" | "address" | "reached"]: string | undefined },
): readonly Violation[] {
  const isPrivateWrong = privateAddress !== undefined && parseAddress(privateAddress) === undefined;
  if (!isPrivateWrong && address !== undefined) return [];
  const expected = isPrivateWrong
    ? "an IP address in nodepool.private_ipv4"
    : "the address other nodes reach it at: nodepool.private_ipv4, or an IP address in ansible_host";
  return [
    {
      path: origin.at("address"),
      expected: `${name}: ${expected}`,
      given: (isPrivateWrong ? privateAddress : reached) ?? "nothing",
      write: origin.write("address", exampleAddress(index)),
    },
  ];
}

function wrongConnection({ file, inventory, host, variables }: HostSource): readonly Violation[] {
  const connection = variables.get("ansible_connection");
  if (connection === undefined || sshConnections.includes(connection.value)) return [];
  return [
    {
      path: fileLine(file, connection.line),
      expected: `${host.name}: a host that is reached over SSH, also when it is this machine`,
      given: shown(connection.value),
      write: inventory.write("ansible_connection", "ssh"),
    },
  ];
}

function wrongNumbers({ host: { name }, variables, index }: HostSource, origin: Origin): readonly Violation[] {
  const examples = { port: SSH_PORT, number: index } as const;
  return (["port", "number"] as const).flatMap((key) => {
    const found = find(variables, key);
    if (found === undefined || wholeNumber(found) !== undefined) return [];
    const write = origin.write(key, examples[key]);
    return [{ path: origin.at(key), expected: `${name}: a whole number`, given: shown(found.value), write }];
  });
}

function find(variables: Variables, key: VariableKey): Variable | undefined {
  return variableNames[key].map((one) => variables.get(one)).find((one) => one !== undefined && !isBlank(one.value));
}

/** What nodepool told Zuul of the node; Zuul writes a blank for an address that it does not have. */
function nodepoolFacts(variable: Variable | undefined): {
  readonly privateAddress: string | undefined;
  readonly publicAddress: string | undefined;
} {
  const facts = mappingOf(variable?.value);
  const told = (key: string): string | undefined => (isBlank(facts?.get(key)) ? undefined : shown(facts?.get(key)));
  return { privateAddress: told("private_ipv4"), publicAddress: told("public_ipv4") };
}

/** The entries of a mapping whose keys are names. */
function mappingOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value);
  return entries.every(([key]) => /^\w+$/.test(key)) ? new Map(entries) : undefined;
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

function textOf(variable: Variable | undefined): string | undefined {
  return variable === undefined ? undefined : shown(variable.value);
}

/** A value as text; what is no text, number or the like as JSON. */
function shown(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function wholeNumber(variable: Variable | undefined): number | undefined {
  return variable !== undefined && /^\d+$/.test(String(variable.value)) ? Number(variable.value) : undefined;
}
