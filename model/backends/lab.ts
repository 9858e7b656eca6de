/**
 * The lab: nodes on one Linux machine. Its underlay is cut into small links, one for the controller and one
 * for each node, each with a router of its own, so that nodes reach each other by routes alone, as in a cloud.
 */
import { z } from "zod";
import {
  addressBits,
  type Family,
  formatAddress,
  formatRange,
  freeRange,
  rangeAround,
  rangeOf,
  rangeSize,
} from "../addresses.ts";
import { DEFAULT_UNDERLAY_MTU, LARGEST_MTU } from "../mtu.ts";
import { nodeName, PRIMARY_NUMBER } from "../nodes.ts";
import { cidr, integer } from "../schema/fields.ts";
import { ConfigError, type Violation } from "../violation.ts";
import type { Backend, Member, Underlay } from "./backend.ts";
import { subnodes } from "./subnodes.ts";

/** What `nodes.lab` becomes. */
export interface LabSettings {
  /** Numbers of the subnodes, ascending: `subnodes: 2` gives 1 and 2, a list gives itself. */
  readonly subnodeNumbers: readonly number[];
  /** The range the links are cut from, as a CIDR of either family. */
  readonly underlay: string;
  /** MTU of every link in bytes. */
  readonly underlayMtu: number;
}

/** One end of a link: an address and the router's address beside it. */
export interface LabLink {
  readonly address: string;
  /** The router's address on the same link. */
  readonly gateway: string;
}

/** The lab's underlay, address by address. */
export interface LabPlan {
  /** The whole range as a CIDR. */
  readonly underlay: string;
  readonly family: Family;
  /** Prefix length of each link: 29 (IPv4) or 125 (IPv6). */
  readonly prefixLength: number;
  /** Where this machine joins the underlay. */
  readonly controller: LabLink;
  /** Node name → its link. */
  readonly nodes: Readonly<Record<string, LabLink>>;
}

/** Addresses in a link: two are used; eight leave room for the network's own two and for looking in from outside. */
const LINK_SIZE = 8;

/** Prefix bits that are left of an address for a link of that size. */
const LINK_BITS = Math.log2(LINK_SIZE);

/** Least MTU of a link that carries IPv6 (RFC 8200, section 5). */
const LEAST_IPV6_MTU = 1280;

const DEFAULT_UNDERLAY = "10.20.0.0/16";

const schema = z
  .strictObject({
    subnodes: subnodes.prefault(2),
    underlay: cidr({ what: "the underlay's range", example: DEFAULT_UNDERLAY }).default(DEFAULT_UNDERLAY),
    underlayMtu: integer({
      what: "an MTU in bytes",
      least: 1,
      most: LARGEST_MTU,
      example: DEFAULT_UNDERLAY_MTU,
    }).default(DEFAULT_UNDERLAY_MTU),
  })
  .transform(
    ({ subnodes: subnodeNumbers, underlay, underlayMtu }): LabSettings => ({ subnodeNumbers, underlay, underlayMtu }),
  );

/** The lab as a backend. */
export const lab = {
  summary: "nodes on this Linux machine",
  schema,
  memberPaths: ["nodes.lab.subnodes"],
  members: ({ subnodeNumbers, underlay }): readonly Member[] =>
    [PRIMARY_NUMBER, ...subnodeNumbers].map((number) => ({ number, address: linkOf(underlay, number + 1).address })),
  underlay: ({ underlay, underlayMtu }): Underlay => ({
    ranges: [underlay],
    rangePath: "nodes.lab.underlay",
    facts: { mtu: underlayMtu, family: rangeOf(underlay).family },
    mtuPath: "nodes.lab.underlayMtu",
  }),
  violations: labViolations,
} as const satisfies Backend<LabSettings>;

/**
 * The lab's underlay: link 0 is the controller's, link n + 1 that of node n. In each link the first usable host is
 * the router, the second the node or the controller.
 * @throws ConfigError when the range holds too few links.
 */
export function planLab(settings: LabSettings): LabPlan {
  const violations = labViolations(settings, []);
  if (violations.length > 0) {
    throw new ConfigError("The lab's underlay", violations);
  }
  const { underlay, subnodeNumbers } = settings;
  const { family } = rangeOf(underlay);
  return {
    underlay,
    family,
    prefixLength: addressBits[family] - LINK_BITS,
    controller: linkOf(underlay, 0),
    nodes: Object.fromEntries(
      [PRIMARY_NUMBER, ...subnodeNumbers].map((number) => [nodeName(number), linkOf(underlay, number + 1)]),
    ),
  };
}

/** The link of an index, counted from the start of the range. */
function linkOf(underlay: string, index: number): LabLink {
  const { family, first } = rangeOf(underlay);
  const start = first + BigInt(index * LINK_SIZE);
  return {
    gateway: formatAddress({ family, value: start + 1n }),
    address: formatAddress({ family, value: start + 2n }),
  };
}

function labViolations(
  { subnodeNumbers, underlay, underlayMtu }: LabSettings,
  used: readonly string[],
): readonly Violation[] {
  const violations: Violation[] = [];
  const range = rangeOf(underlay);
  const highest = subnodeNumbers.reduce((most, number) => Math.max(most, number), PRIMARY_NUMBER);
  const links = highest + 2;
  const bits = Math.ceil(Math.log2(links)) + LINK_BITS;
  if (rangeSize(range) < BigInt(links * LINK_SIZE)) {
    const prefixLength = addressBits[range.family] - bits;
    const wider = formatRange(rangeAround({ family: range.family, value: range.first }, prefixLength));
    violations.push({
      path: "nodes.lab.underlay",
      expected: `a range of at least /${prefixLength}: ${links} links (one for each number up to ${highest}, one for this machine) of ${LINK_SIZE} addresses`,
      given: underlay,
      write: `underlay: ${freeRange(used, wider)}`,
    });
  }
  if (range.family === "IPv6" && underlayMtu < LEAST_IPV6_MTU) {
    violations.push({
      path: "nodes.lab.underlayMtu",
      expected: `at least ${LEAST_IPV6_MTU} bytes, the least MTU of a link with IPv6 (RFC 8200)`,
      given: String(underlayMtu),
      write: `underlayMtu: ${DEFAULT_UNDERLAY_MTU}`,
    });
  }
  return violations;
}
