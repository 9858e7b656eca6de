/** Rules about the hosts of an inventory together. */
import { parseAddress } from "../../addresses.ts";
import { nodeName, PRIMARY_NUMBER } from "../../nodes.ts";
import type { Violation } from "../../violation.ts";
import { exampleAddress, type ListedHost } from "./listed.ts";
import type { InventoryHost } from "./resolve.ts";
import type { InventoryOptions } from "./schema.ts";

/** A host with the number it has or was given by its position. */
type Numbered = ListedHost & { readonly number: number };

/** Every rule that is broken. */
export function rulesBroken(
  listed: readonly Numbered[],
  hosts: readonly InventoryHost[],
  { abandon }: InventoryOptions,
): readonly Violation[] {
  return [
    ...primaryThere(listed),
    ...primaryStays(abandon),
    ...apart(
      listed,
      hosts,
      "number",
      ({ number }) => String(number),
      (taken) => firstFree(taken),
    ),
    ...apart(
      listed,
      hosts,
      "address",
      ({ address }) => address,
      (taken) => freeExample(taken),
    ),
    ...apart(
      listed,
      hosts,
      "host",
      ({ host, port }) => `${host} port ${port}`,
      (_taken, { address }) => address,
    ),
    ...oneFamily(listed),
  ];
}

function primaryThere(listed: readonly Numbered[]): readonly Violation[] {
  const [first] = listed;
  if (first === undefined || listed.some(({ number }) => number === PRIMARY_NUMBER)) return [];
  return [
    {
      path: first.origin.at("number"),
      expected: `one host with the number ${PRIMARY_NUMBER}, the primary`,
      given: listed.map(({ number }) => number).join(", "),
      write: first.origin.write("number", PRIMARY_NUMBER),
    },
  ];
}

/** A stack without its primary can be destroyed, which asks nobody for a plan, and nothing else. */
function primaryStays(abandon: readonly string[]): readonly Violation[] {
  const primary = nodeName(PRIMARY_NUMBER);
  if (!abandon.includes(primary)) return [];
  return [
    {
      path: "nodes.inventory.abandon",
      expected: "names of subnodes only: a stack without its primary can be destroyed, and nothing else",
      given: `[${abandon.join(", ")}]`,
      write: `abandon: [${abandon.filter((name) => name !== primary).join(", ")}]`,
    },
  ];
}

/** What no two hosts have in common, in the words of messages. */
const sharable = {
  number: { what: "number", note: "; a host that names none has its place in the list, counted from 0" },
  address: { what: "address", note: "" },
  host: { what: "host or port", note: "" },
} as const;

/** No two hosts have the same of something. */
function apart(
  listed: readonly Numbered[],
  hosts: readonly InventoryHost[],
  key: keyof typeof sharable,
  of: (host: InventoryHost) => string,
  other: (taken: readonly string[], host: InventoryHost) => string | number,
): readonly Violation[] {
  const all = hosts.map(of);
  return hosts.flatMap((host, index) => {
    const first = all.indexOf(of(host));
    const origin = listed[index]?.origin;
    if (first === index || origin === undefined) return [];
    const { what, note } = sharable[key];
    const expected = `another ${what} than at ${listed[first]?.origin.at(key)}${note}`;
    const write = origin.write(key, other([...all], host));
    return [{ path: origin.at(key), expected, given: of(host), write }];
  });
}

/** Tunnels of one overlay run between addresses of one family. */
function oneFamily(listed: readonly Numbered[]): readonly Violation[] {
  const family = parseAddress(listed[0]?.address ?? "")?.family;
  return listed.flatMap(({ address, origin }, index) => {
    const parsed = parseAddress(address);
    if (family === undefined || parsed === undefined || parsed.family === family) return [];
    const example = family === "IPv4" ? exampleAddress(index) : `2001:db8::${10 + index}`;
    const expected = `an ${family} address, as the first host has one`;
    return [{ path: origin.at("address"), expected, given: address, write: origin.write("address", example) }];
  });
}

function firstFree(taken: readonly string[]): number {
  return Array.from({ length: taken.length + 1 }, (_, number) => number).find(
    (number) => !taken.includes(String(number)),
  ) as number;
}

function freeExample(taken: readonly string[]): string {
  return (
    Array.from({ length: taken.length + 1 }, (_, index) => exampleAddress(index)).find(
      (address) => !taken.includes(address),
    ) ?? exampleAddress(0)
  );
}
