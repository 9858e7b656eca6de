/** Servers of an OpenStack cloud as nodes: booted by the same `up`, on a network that is there or on one of the stack's own. */
import { z } from "zod";
import { addressBits, formatRange, freeRange, parseRange, rangeAround, rangeOf, rangeSize } from "../addresses.ts";
import type { LocalFiles } from "../local-files.ts";
import { nodeName, PRIMARY_NUMBER } from "../nodes.ts";
import { FIRST_NODE_ADDRESS, fixedAddress } from "../openstack/addresses.ts";
import { asText, cidr, field, flag, integer, text, texts } from "../schema/fields.ts";
import type { Violation } from "../violation.ts";
import type { Backend, Member, Underlay } from "./backend.ts";
import { subnodes } from "./subnodes.ts";

/** What `nodes.openstack` becomes. */
export interface OpenstackSettings {
  /** Numbers of the subnodes, ascending. */
  readonly subnodeNumbers: readonly number[];
  /** An entry of clouds.yaml; absent: `OS_CLOUD`, or the credentials in the `OS_*` environment. */
  readonly cloud?: string | undefined;
  /** Absent: the cloud's, or `OS_REGION_NAME`. */
  readonly region?: string | undefined;
  /** Name or id. */
  readonly image: string;
  /** Name or id of the servers' size. */
  readonly flavor: string;
  /** Login name that cloud-init makes, with passwordless sudo. */
  readonly user: string;
  /** Name or id of a network that is there; absent: the stack makes one of its own. */
  readonly network?: string | undefined;
  /** Range of the stack's own network as a CIDR. */
  readonly range: string;
  /** Name or id of the network that a router and floating addresses lead to; absent: the cloud's only external one. */
  readonly externalNetwork?: string | undefined;
  /** Whether every node gets a floating address, for SSH from outside. */
  readonly floatingAddresses: boolean;
  /** Who may log in over SSH: the range of the machine that runs `pulumi`, as a CIDR. */
  readonly controllerRange: string;
  /** A key pair that is there; absent: the stack generates one, and without a file the SSH agent holds the private key. */
  readonly key?: LoginKeyPair | undefined;
  readonly availabilityZone?: string | undefined;
  /** Boot from a volume of so many GiB, made from the image and deleted with its server; absent: from the flavor's disk. */
  readonly volume?: { readonly size: number; readonly type?: string | undefined } | undefined;
  /** Names of nodes whose servers were there before the stack and came into it by `pulumi import`. */
  readonly adopted: readonly string[];
  /** Whether cloud-init reads a config drive, for clouds without a metadata service. */
  readonly configDrive: boolean;
  /** Seconds a new server may take until it answers over SSH. */
  readonly sshSeconds: number;
}

/** A key pair that is there. */
export interface LoginKeyPair {
  /** A line of authorized_keys. */
  readonly publicKey: string;
  /** Path of the private key; absolute once this machine's files were looked at. */
  readonly identityFile?: string | undefined;
  /** Whether there is such a file; absent where nobody has looked. */
  readonly isReadable?: boolean;
}

const DEFAULT_RANGE = "10.30.0.0/24";
/** Seconds: a large image takes minutes to its first boot on a slow cloud. */
const DEFAULT_SSH_SECONDS = 300;
/** Largest volume in GiB that is surely meant: 16 TiB. */
const LARGEST_VOLUME = 16_384;

const publicKey = field(z.string().regex(/^(ssh|ecdsa|sk)-[\w@.-]+ [A-Za-z0-9+/=]+( [^\n]*)?$/), {
  expected: "a public key as in an OpenSSH .pub file, on one line",
  example: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFWgYn5dX0mN0Nf6kQ6YkB2m4J5c9dQ8m1mZ2l8m7q3x me",
  repair: (given) => asText(given)?.trim(),
});

const user = field(z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/), {
  expected: "a login name: lower case, at most 32 characters",
  example: "multinode",
  repair: (given) => asText(given)?.toLowerCase(),
});

/** Unlike a range for hosts, also everybody or one address alone. */
const controllerRange = field(
  z.string().refine((given) => {
    const range = parseRange(given);
    return range !== undefined && formatRange(range) === given;
  }),
  {
    expected:
      "who may log in over SSH: the range, by its network address, that this machine's connections come from, such as 192.0.2.7/32",
    example: "192.0.2.7/32",
    repair: (given) => {
      const written = asText(given)?.trim() ?? "";
      const range = parseRange(written) ?? parseRange(`${written}/${written.includes(":") ? 128 : 32}`);
      return range === undefined ? undefined : formatRange(range);
    },
  },
);

const schema = z
  .strictObject({
    subnodes: subnodes.prefault(2),
    cloud: text("an entry of clouds.yaml", "mycloud").optional(),
    region: text("a region of the cloud", "RegionOne").optional(),
    image: text("an image of the cloud, by name or id", "debian-12"),
    flavor: text("a flavor of the cloud, by name or id", "m1.large"),
    user: user.default("multinode"),
    network: text("a network of the cloud, by name or id", "private").optional(),
    range: cidr({ what: "the range of the stack's own network", example: DEFAULT_RANGE, family: "IPv4" }).default(
      DEFAULT_RANGE,
    ),
    externalNetwork: text("an external network of the cloud, by name or id", "public").optional(),
    floatingAddresses: flag("whether nodes get floating addresses", true).optional(),
    controllerRange,
    key: z
      .strictObject({ publicKey, identityFile: text("a private key's path", "~/.ssh/id_ed25519").optional() })
      .optional(),
    availabilityZone: text("an availability zone", "nova").optional(),
    volume: z
      .strictObject({
        size: integer({ what: "the volume's size in GiB", least: 1, most: LARGEST_VOLUME, example: 40 }),
        type: text("a volume type", "ssd").optional(),
      })
      .optional(),
    adopted: texts("the names of nodes whose servers were imported", ["subnode-1"])
      .refine((names) => names.every((name) => /^(?:primary|subnode-[1-9]\d*)$/.test(name)), {
        error: "names of nodes, such as [subnode-1]",
      })
      .default([]),
    configDrive: flag("whether servers get a config drive", true).default(true),
    sshSeconds: integer({
      what: "seconds until SSH",
      least: 10,
      most: 3600,
      example: DEFAULT_SSH_SECONDS,
    }).default(DEFAULT_SSH_SECONDS),
  })
  .transform(
    ({ subnodes: subnodeNumbers, floatingAddresses, ...rest }): OpenstackSettings => ({
      ...rest,
      subnodeNumbers,
      // A network of the stack's own is behind its router; one that is there is taken to be reachable.
      floatingAddresses: floatingAddresses ?? rest.network === undefined,
    }),
  );

/** A cloud's servers as a backend. */
export const openstack = {
  summary: "servers of an OpenStack cloud",
  schema,
  memberPaths: ["nodes.openstack.subnodes"],
  withFiles: withAbsoluteKey,
  members: ({ subnodeNumbers, network, range }): readonly Member[] =>
    [PRIMARY_NUMBER, ...subnodeNumbers].map((number) => ({ number, ...addressIn(network, range, number) })),
  underlay: ({ network, range }): Underlay =>
    network === undefined ? { ranges: [range], rangePath: "nodes.openstack.range" } : { ranges: [] },
  violations: openstackViolations,
} as const satisfies Backend<OpenstackSettings>;

/** The private key's path as the user may write it: relative to the project's folder, or from the home. */
function withAbsoluteKey(settings: OpenstackSettings, files: LocalFiles): OpenstackSettings {
  const { key } = settings;
  if (key?.identityFile === undefined) return settings;
  const identityFile = files.absolute(key.identityFile);
  return { ...settings, key: { ...key, identityFile, isReadable: files.isReadable(identityFile) } };
}

/** The fixed address of a node, where the stack decides it: another network than its own gives addresses by itself. */
function addressIn(network: string | undefined, range: string, number: number): { readonly address?: string } {
  return network === undefined ? { address: fixedAddress(range, number) } : {};
}

function openstackViolations(settings: OpenstackSettings, used: readonly string[]): readonly Violation[] {
  const { subnodeNumbers, network, range, externalNetwork, floatingAddresses, key } = settings;
  const violations: Violation[] = [];
  if (key?.identityFile !== undefined && key.isReadable === false) {
    violations.push({
      path: "nodes.openstack.key.identityFile",
      expected: "a private key in a file that can be read",
      given: key.identityFile,
      write: "# no identityFile: the keys of the SSH agent are used",
    });
  }
  const highest = subnodeNumbers.reduce((most, number) => Math.max(most, number), PRIMARY_NUMBER);
  // The broadcast address is nobody's.
  const needed = FIRST_NODE_ADDRESS + highest + 2;
  if (network === undefined && rangeSize(rangeOf(range)) < BigInt(needed)) {
    const prefixLength = addressBits.IPv4 - Math.ceil(Math.log2(needed));
    const wider = formatRange(rangeAround({ family: "IPv4", value: rangeOf(range).first }, prefixLength));
    violations.push({
      path: "nodes.openstack.range",
      expected: `a range of at least /${prefixLength}: ${FIRST_NODE_ADDRESS} addresses for the cloud, and one for each number up to ${highest} (${nodeName(highest)})`,
      given: range,
      write: `range: ${freeRange(used, wider)}`,
    });
  }
  if (network !== undefined && !floatingAddresses && externalNetwork !== undefined) {
    violations.push({
      path: "nodes.openstack.externalNetwork",
      expected:
        "no external network for nodes without floating addresses on a network that is there: nothing leads to it",
      given: externalNetwork,
      write: "floatingAddresses: true",
    });
  }
  return violations;
}
