/**
 * The way from this machine to a lab: a link to its router, an address on that, and a route to the nodes. Network managers and
 * VPNs take such things away. Looked at without running a program, as it is looked at before every connection to a lab node.
 */
import { existsSync, readFileSync } from "node:fs";
import { endianness, networkInterfaces } from "node:os";
import { join } from "node:path";
import { contains, rangeOf } from "../../model/addresses.ts";
import { controllerLink, type LabIdentity, labIn, namespaceOf, routerNode } from "./folders.ts";

/** What `lab.json` in the lab's folder tells other clones, other stacks, and who has only a node's handle. */
export interface LabRecord extends LabIdentity {
  /** The project's folder the lab was made from. */
  project: string;
  /** The range all links are cut from, as a CIDR. */
  range: string;
}

/** Path of a lab's record. */
export function labRecordPath(folder: string): string {
  return join(folder, "lab.json");
}

/** Whether the router that joins the lab's nodes is there. With it go the links of all nodes. */
export function hasRouter(lab: LabIdentity): boolean {
  return existsSync(`/run/netns/${namespaceOf(lab, routerNode)}`);
}

/**
 * What is missing of the way, in words; empty when it is whole.
 *
 * @param range the range all links of the lab are cut from, as a CIDR
 */
export function missingOfWay(lab: LabIdentity, range: string): readonly string[] {
  const link = controllerLink(lab);
  const addresses = networkInterfaces()[link] ?? [];
  return [
    ...(existsSync(`/sys/class/net/${link}`) ? [] : [`the interface ${link}`]),
    ...(addresses.some(({ cidr }) => cidr !== null && contains(range, cidr)) ? [] : [`the address of ${link}`]),
    ...(isRouted(range, link) ? [] : [`the route to ${range} by ${link}`]),
  ];
}

/** The same of the lab whose run-time folder this is; empty also where the lab is over, or its record was removed. */
export function missingOfWayTo(folder: string): readonly string[] {
  const lab = labIn(folder);
  const path = labRecordPath(folder);
  if (!hasRouter(lab) || !existsSync(path)) return [];
  const { range }: LabRecord = JSON.parse(readFileSync(path, "utf8"));
  return missingOfWay(lab, range);
}

/** The words of an error about what is missing. */
export function noWay(missing: readonly string[]): string {
  return `no way from this machine to the lab: ${missing.join(" and ")} ${missing.length === 1 ? "is" : "are"} missing`;
}

/** What to do about it, as the last line of that error. */
export function wayAdvice({ stack }: LabIdentity): string {
  return `
    write     npm start -- ${stack}   (puts back what is missing)`;
}

/** Whether the main table has a route to exactly this range by this link (proc(5): net/route, net/ipv6_route). */
function isRouted(cidr: string, link: string): boolean {
  const { family, first, prefixLength } = rangeOf(cidr);
  const digits = (value: bigint, count: number): string => value.toString(16).padStart(count, "0");
  if (family === "IPv6") {
    const wanted = [digits(first, 32), digits(BigInt(prefixLength), 2)];
    return routes("ipv6_route").some(
      (fields) => fields.at(-1) === link && wanted.every((one, at) => fields[at] === one),
    );
  }
  const mask = 2n ** 32n - 2n ** BigInt(32 - prefixLength);
  const wanted = [link, asShown(digits(first, 8)), asShown(digits(mask, 8))];
  return routes("route").some(([by, to, _gateway, _flags, _references, _use, _metric, itsMask]) =>
    [by, to, itsMask].every((field, at) => field === wanted[at]),
  );
}

function routes(table: string): readonly (readonly string[])[] {
  const path = `/proc/net/${table}`;
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8")
    .split("\n")
    .map((line) => line.trim().split(/\s+/));
}

/** An IPv4 address as the kernel shows it there: in the order of bytes of this machine. */
function asShown(hexadecimal: string): string {
  const bytes = hexadecimal.toUpperCase().match(/../g) ?? [];
  return (endianness() === "LE" ? bytes.reverse() : bytes).join("");
}
