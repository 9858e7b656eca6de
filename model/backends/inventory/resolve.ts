/** From listed hosts to nodes: numbers, logins and host keys filled in, and every rule that they break. */
import { join } from "node:path/posix";
import { formatAddress, parseAddress } from "../../addresses.ts";
import type { LocalFiles } from "../../local-files.ts";
import { nodeName } from "../../nodes.ts";
import { fieldFacts } from "../../schema/fields.ts";
import type { Violation } from "../../violation.ts";
import { type HostKeys, knownKeys } from "./host-keys.ts";
import type { HostKeyName, ListedHost } from "./listed.ts";
import { nodepoolFiles } from "./nodepool.ts";
import { rulesBroken } from "./rules.ts";
import { factChecks, type InventoryOptions } from "./schema.ts";
import { listHosts } from "./sources.ts";

/** How SSH logs in to a machine. */
export interface Login {
  /** Name or address that SSH reaches it at. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Absolute path of the private key. Absent: the configuration's own key where it holds one, else the SSH agent's. */
  readonly identityFile?: string;
  /** `<type> <base64>` where it is known beforehand; else it is learned at the first contact. */
  readonly hostKey?: string;
}

/** A host of the inventory, as one of its nodes. */
export interface InventoryHost extends Login {
  readonly number: number;
  /** Underlay address in its short form. */
  readonly address: string;
}

/** What an inventory comes to. */
export interface ResolvedInventory {
  /** Ordered by number; those that are abandoned are left out. */
  readonly hosts: readonly InventoryHost[];
  readonly jump?: Login;
  readonly problems: readonly Violation[];
}

/** The nodes of an inventory, and everything that is wrong with them in the configuration and in the files it names. */
export function resolveInventory(options: InventoryOptions, files: LocalFiles): ResolvedInventory {
  const listing = listHosts(options, files);
  const named = listing.hosts.map((host, index) => ({ ...host, number: host.number ?? index }));
  const login = loginDefaults(options, files);
  const keys = knownKeys(options, files);
  const hosts = named.map((host) => hostOf(host, login, keys, files));
  const staying = hosts.filter(({ number }) => !options.abandon.includes(nodeName(number)));
  const problems = [
    ...listing.problems,
    ...login.problems,
    ...keys.problems,
    ...listing.hosts.flatMap(badFacts),
    ...named.flatMap((host) => missingIdentity(host, files)),
    ...(listing.hosts.length === 0 ? [] : rulesBroken(named, hosts, options)),
    ...keys.missing(staying.filter(({ hostKey }) => hostKey === undefined)),
  ];
  const jump = options.jump === undefined ? undefined : jumpOf(options.jump, login, keys, files);
  return {
    hosts: staying.toSorted((a, b) => a.number - b.number),
    ...(jump === undefined ? {} : { jump }),
    problems: firstPerPath(problems),
  };
}

/** What logins have in common. */
interface LoginDefaults {
  readonly port: number;
  readonly user: string;
  readonly identityFile?: string;
  readonly problems: readonly Violation[];
}

function loginDefaults(options: InventoryOptions, files: LocalFiles): LoginDefaults {
  const { port, user, nodepool, privateKey, jump } = options;
  const problems: Violation[] = [];
  const check = (path: string, given: string | undefined): void => {
    if (given !== undefined && !files.isReadable(files.absolute(given))) problems.push(unreadable(path, given));
  };
  check("nodes.inventory.identityFile", options.identityFile);
  check("nodes.inventory.jump.identityFile", jump?.identityFile);
  if (options.identityFile !== undefined && privateKey !== undefined) {
    problems.push({
      path: "nodes.inventory.identityFile",
      expected: "one private key: that of a file, or privateKey of the configuration",
      given: options.identityFile,
      write: "# no identityFile: privateKey is there already",
    });
  }
  const ofNodepool = nodepool === undefined ? "" : join(files.absolute(nodepool), nodepoolFiles.identity);
  const usesNodepools = options.identityFile === undefined && privateKey === undefined && files.isThere(ofNodepool);
  if (usesNodepools && !files.isReadable(ofNodepool)) {
    const expected =
      "a private key that this user can read; or another, as identityFile or privateKey of nodes.inventory";
    problems.push({
      path: ofNodepool,
      expected,
      given: "a file that cannot be read",
      write: "identityFile: ~/.ssh/id_ed25519",
    });
  }
  const own = options.identityFile === undefined ? undefined : files.absolute(options.identityFile);
  const identityFile = own ?? (usesNodepools ? ofNodepool : undefined);
  return { port, user, problems, ...(identityFile === undefined ? {} : { identityFile }) };
}

function hostOf(
  listed: ListedHost & { readonly number: number },
  login: LoginDefaults,
  keys: HostKeys,
  files: LocalFiles,
): InventoryHost {
  const address = parseAddress(listed.address);
  const { number, host = listed.address, port = login.port, user = login.user } = listed;
  const identityFile = listed.identityFile === undefined ? login.identityFile : files.absolute(listed.identityFile);
  // One that a file gives may be a line of known_hosts; one that is none is refused elsewhere.
  const given = factChecks.hostKey.safeParse(listed.hostKey).data ?? listed.hostKey;
  const hostKey = given ?? keys.keyOf(host, port);
  return {
    number,
    address: address === undefined ? listed.address : formatAddress(address),
    host,
    port,
    user,
    ...(identityFile === undefined ? {} : { identityFile }),
    ...(hostKey === undefined ? {} : { hostKey }),
  };
}

/** The jump host takes the key that all hosts take, unless it has one of its own. */
function jumpOf(
  jump: NonNullable<InventoryOptions["jump"]>,
  login: LoginDefaults,
  keys: HostKeys,
  files: LocalFiles,
): Login {
  const { host, port, user } = jump;
  const identityFile = jump.identityFile === undefined ? login.identityFile : files.absolute(jump.identityFile);
  const hostKey = jump.hostKey ?? keys.keyOf(host, port);
  return {
    host,
    port,
    user,
    ...(identityFile === undefined ? {} : { identityFile }),
    ...(hostKey === undefined ? {} : { hostKey }),
  };
}

/** What a file says of a host has to be like what the configuration may say. */
function badFacts(listed: ListedHost): readonly Violation[] {
  return (Object.keys(factChecks) as (keyof typeof factChecks)[]).flatMap((key) => {
    const value = listed[key];
    if (value === undefined || factChecks[key].safeParse(value).success) return [];
    const facts = fieldFacts.get(factChecks[key]);
    const example = String(facts?.example ?? "");
    const expected = facts?.expected ?? key;
    return [{ path: listed.origin.at(key), expected, given: String(value), write: listed.origin.write(key, example) }];
  });
}

function missingIdentity({ identityFile, origin }: ListedHost, files: LocalFiles): readonly Violation[] {
  if (identityFile === undefined || files.isReadable(files.absolute(identityFile))) return [];
  return [unreadable(origin.at("identityFile"), identityFile)];
}

function unreadable(path: string, given: string): Violation {
  const key: HostKeyName = "identityFile";
  return {
    path,
    expected: "a private key in a file that can be read",
    given,
    write: `# no ${key}: the keys of the SSH agent are used`,
  };
}

/** One thing at a time at one place: what else is wrong there shows once the first is mended. */
function firstPerPath(problems: readonly Violation[]): readonly Violation[] {
  return problems.filter(({ path }, index) => problems.findIndex((other) => other.path === path) === index);
}
