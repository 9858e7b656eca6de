/** What a pre-flight knows of a host: read on it in one round trip, as it is when nothing has been changed yet. */

/** An interface of the kernel's. */
export interface FactLink {
  readonly name: string;
  readonly mac: string;
  /** With prefix lengths; those of the link's own scope left out. */
  readonly addresses: readonly string[];
  /** `<stack>-<id>` of the stack whose mark it carries. */
  readonly owner?: string;
  /** Present for VXLAN interfaces of the kernel's. */
  readonly vxlan?: {
    /** UDP port. */
    readonly port: number;
    /**
     * Whether it takes frames of all VNIs, as Open vSwitch's own does (`external`). The kernel shares a port among
     * interfaces of the same sort only (`vxlan_find_sock` in drivers/net/vxlan).
     */
    readonly external: boolean;
  };
}

/** Open vSwitch on the host. */
export interface FactSwitch {
  /** `<major>.<minor>.<patch>`; empty where its program printed none. */
  readonly version: string;
  /** Kinds of datapath it offers (`system` is the kernel's, `netdev` userspace's); absent where its database does not answer. */
  readonly datapaths?: readonly string[];
  /** Bridge → `<stack>-<id>` of the stack whose mark it carries, undefined where it carries none. */
  readonly bridges: Readonly<Record<string, string | undefined>>;
}

/** One host as found. */
export interface HostFacts {
  /** `ID` and `ID_LIKE` of os-release(5). */
  readonly systems: readonly string[];
  /** Its full name, for people. */
  readonly systemName: string;
  readonly hostname: string;
  /** Seconds that its clock is ahead of this machine's. */
  readonly clockAhead: number;
  /** Those of the programs asked for that are there. */
  readonly programs: ReadonlySet<string>;
  /** Absent where there is no `ovs-vsctl`. */
  readonly openVswitch?: FactSwitch;
  /** Absent where `ip` cannot print JSON. */
  readonly links?: readonly FactLink[];
  readonly routes: readonly { readonly destination: string; readonly device: string }[];
  /** UDP sockets of programs. */
  readonly sockets: readonly { readonly port: number; readonly process: string }[];
  /** Free bytes for root on the file systems of these folders. */
  readonly free: Readonly<Record<string, number>>;
  /** False where IPv6 is switched off by sysctl or missing. */
  readonly hasIpv6: boolean;
  readonly hasTun: boolean;
  /** Whether this stack has begun a run of devstack there. */
  readonly hasRunDevstack: boolean;
  /** Other stacks that left their marks, in words; empty where there are none. */
  readonly otherStacks: string;
  /** Names of those stacks. */
  readonly otherStackNames: readonly string[];
}

/** Programs whose presence is asked for. */
export const askedPrograms = [
  "ip",
  "nft",
  "iptables",
  "getent",
  "useradd",
  "apt-get",
  "dnf",
  "yum",
  "bash",
  "git",
  "python3",
] as const;
