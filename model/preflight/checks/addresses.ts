/** Addresses: the underlay's has to be the host's own, and nothing else may use the overlays' range. */
import { contains, overlaps, parseAddress, parseRange } from "../../addresses.ts";
import type { Problem } from "../problem.ts";
import type { Check, CheckContext } from "./check.ts";

/** Judges only hosts that told their interfaces. */
export const addresses: Check = (context) => [...underlay(context), ...overlay(context)];

/** Tunnels end at this address: a host that is reached through a translated one has to be given its own. */
function underlay({ facts, address, name }: CheckContext): readonly Problem[] {
  const wanted = parseAddress(address);
  if (facts.links === undefined || wanted === undefined) return [];
  const own = facts.links.flatMap((link) => link.addresses.map((one) => one.split("/")[0] ?? ""));
  if (own.some((one) => parseAddress(one)?.value === wanted.value)) return [];
  const shown = own.filter((one) => one !== "127.0.0.1" && one !== "::1").join(", ") || "no addresses";
  return [
    {
      subject: "underlay address",
      expected: `${address} on an interface of the host`,
      given: shown,
      remedy: `give ${name} the address that the other hosts reach it at as its address, and the one SSH uses as its host`,
    },
  ];
}

function overlay({ facts, expectations }: CheckContext): readonly Problem[] {
  const { publicRange: range, bridges, joined } = expectations;
  if (range === undefined) return [];
  const ours = new Set([...bridges, ...joined]);
  const onLinks = (facts.links ?? [])
    .filter(({ name }) => !ours.has(name))
    .flatMap((link) => link.addresses.filter((one) => meets(range, one)).map((one) => `${one} on ${link.name}`));
  const routed = facts.routes
    .filter(({ destination, device }) => !ours.has(device) && lies(range, destination))
    .map(({ destination, device }) => `a route to ${destination} through ${device}`);
  const used = [...new Set([...onLinks, ...routed])];
  if (used.length === 0) return [];
  return [
    {
      subject: "overlay addresses",
      expected: `no address or route of the range ${range} on the host`,
      given: used.join(", "),
      remedy: "take them away on the host, or configure another overlay.publicRange and overlay.floatingRange",
    },
  ];
}

/** Whether an address lies in the range, whatever prefix length it has. */
function meets(range: string, cidr: string): boolean {
  const [address = ""] = cidr.split("/");
  const host = `${address}/${address.includes(":") ? 128 : 32}`;
  return parseRange(host) !== undefined && overlaps(range, host);
}

/** Whether a route is at least as narrow as the range: a wider one gives way to the overlay's own. */
function lies(range: string, destination: string): boolean {
  const cidr = destination.includes("/") ? destination : `${destination}/${destination.includes(":") ? 128 : 32}`;
  return parseRange(cidr) !== undefined && contains(range, cidr);
}
