/** Addresses, names, ports and paths of one test cloud; pure, so that every process that knows the cloud agrees. */
import { join } from "node:path";
import { formatAddress, formatRange, type Range, rangeAround, rangeOf } from "../../../model/addresses.ts";
import { type LabIdentity, labFolder, namespaceOf } from "../../../providers/lab/folders.ts";

/** Prefix length of a cloud's range, of which every network below is a part. */
export const CLOUD_PREFIX = 20;

/** Prefix length of each network of servers, and of that of the floating addresses. */
const NETWORK_PREFIX = 24;

/** TCP ports of the services, all in the cloud's own namespace. */
export const ports = {
  keystone: 5000,
  glance: 9292,
  placement: 8778,
  nova: 8774,
  neutron: 9696,
  mariadb: 3306,
  rabbitmq: 5672,
} as const;

/** Names under which the one API is in the catalogue. */
export const regions = ["RegionOne", "RegionTwo"] as const;

/** Accounts of the cloud. It lives on this machine only and for minutes: its passwords are known to everybody. */
export const accounts = {
  admin: { user: "admin", project: "admin", password: "multinode-cloud-admin-password" },
  tests: { user: "tests", project: "tests", password: "multinode-cloud-tests-password" },
} as const;

/** Name of an account. */
export type Account = keyof typeof accounts;

/** What tells one cloud from all others; everything else follows. */
export interface CloudIdentity {
  /** The lab its servers are nodes of: the mark that everything of the cloud carries. */
  readonly lab: LabIdentity;
  /** The cloud's range as a CIDR, unused on this machine. */
  readonly range: string;
}

/** Where things of a cloud are. */
export interface CloudLayout {
  /** Folder of all run-time files; in the lab's, so that they go with it. */
  readonly folder: string;
  /** Namespace of the services. */
  readonly namespace: string;
  /** Link between this machine and the router. */
  readonly controller: Link;
  /** Link between the router and the services. */
  readonly services: Link;
  /** Range of the floating addresses, as a CIDR. */
  readonly floatingRange: string;
  /** Ranges of networks whose servers this machine reaches without a floating address, as CIDRs. */
  readonly routedRanges: readonly string[];
}

/** A link with the router at its first address. */
export interface Link {
  readonly gateway: string;
  readonly address: string;
  readonly prefixLength: number;
}

/** Lays a cloud out: the first network of its range is for the links, the second for floating addresses. */
export function layOut({ lab, range }: CloudIdentity): CloudLayout {
  const whole = rangeOf(range);
  const [links, floating, ...routed] = networksOf(whole);
  if (links === undefined || floating === undefined) throw new Error(`${range} is too small for a cloud`);
  return {
    folder: join(labFolder(lab), "cloud"),
    namespace: namespaceOf(lab, "api"),
    controller: linkAt(links, 0),
    services: linkAt(links, 1),
    floatingRange: formatRange(floating),
    routedRanges: routed.map(formatRange),
  };
}

/** URL of a service for everybody who is not in the cloud's namespace. */
export function publicUrl(layout: CloudLayout, service: keyof typeof ports): string {
  return `http://${layout.services.address}:${ports[service]}`;
}

function networksOf({ family, first, prefixLength }: Range): readonly Range[] {
  const size = 1n << BigInt(32 - NETWORK_PREFIX);
  return Array.from({ length: 2 ** (NETWORK_PREFIX - prefixLength) }, (_, index) =>
    rangeAround({ family, value: first + BigInt(index) * size }, NETWORK_PREFIX),
  );
}

/** Links have four addresses, two of them for hosts. */
function linkAt({ family, first }: Range, index: number): Link {
  const start = first + BigInt(index * 4);
  const address = (offset: bigint) => formatAddress({ family, value: start + offset });
  return { gateway: address(1n), address: address(2n), prefixLength: 30 };
}
