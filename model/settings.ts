/**
 * The validated settings of one stack: what a user wrote, with every default filled in and every
 * value checked. `model/schema` makes them out of the raw configuration; the plan is made out of them.
 */
import type { BackendName, BackendSettings } from "./backends/index.ts";
import type { DriverName } from "./drivers.ts";
import type { FlavorName } from "./flavors/index.ts";
import type { IniSection } from "./localconf/part.ts";

/** How thoroughly a deployed stack is proven: not at all, between nodes, or between probe guests. */
export type VerifyDepth = "none" | "nodes" | "guests";

/** How an overlay meets neutron's br-ex: it is the bridge itself (the seed), or is joined to it by patch ports. */
export type OverlayLayout = "direct" | "patched";

/** Which nodes tunnels join: the primary with each of the others. */
export type OverlayTopology = "star";

/** A node's part in the OpenStack under test: the controller, or one of the computes. */
export type Role = "primary" | "subnode";

/** Which nodes a devstack override speaks to. */
export type Audience = "all" | Role;

/** Where the test nodes come from; a union over the backends, told apart by `backend`. */
export type NodesSettings = {
  [Name in BackendName]: { readonly backend: Name } & { readonly [Key in Name]: BackendSettings<Name> };
}[BackendName];

/** The overlay networks' own settings. */
export interface OverlaySettings {
  /** What makes bridges and tunnels on a node. */
  readonly driver: DriverName;
  readonly layout: OverlayLayout;
  readonly topology: OverlayTopology;
  /** UDP port of VXLAN on every node; 4789 is IANA's (RFC 7348, section 8). */
  readonly port: number;
  /** What the VNIs of all overlays are counted from. */
  readonly vniBase: number;
  /** The seed's "public" range as a CIDR; nodes live in the part below the floating range. */
  readonly publicRange: string;
  /** The range nested VMs get floating addresses from, inside the public range, as a CIDR. */
  readonly floatingRange: string;
  /** MTU of the overlays in bytes; when absent it follows from the underlay's. */
  readonly mtu?: number;
  /** Flavor `neutron` only: also make br-ex an overlay, as the seed's picture shows. */
  readonly publicBridge: boolean;
}

/** A localrc value: literal text, or an expression that bash expands. */
export type LocalrcValue = string | { readonly expr: string };

/** Overrides of one audience: localrc variables by name. */
export type LocalrcOverrides = Readonly<Record<string, LocalrcValue>>;

/** Names switched on and off, for all nodes and for each role. Where both speak of one name, switching off wins. */
export interface Switches {
  readonly enable: Readonly<Record<Audience, readonly string[]>>;
  readonly disable: Readonly<Record<Audience, readonly string[]>>;
}

/** An upgrade job: the release it starts from and the one it goes to. */
export interface GrenadeSettings {
  readonly base: string;
  readonly target: string;
}

/** A devstack plugin, as an `enable_plugin` line names it. */
export interface DevstackPlugin {
  readonly name: string;
  /** Git URL of the plugin's repository. */
  readonly url: string;
  /** Branch, tag or ref; devstack's own default when absent. */
  readonly branch?: string;
  /** Services the plugin brings, which the service matrix does not know. */
  readonly services?: readonly string[];
}

/** How `up` runs devstack on the nodes. */
export interface RunSettings {
  /** Whether it does. */
  readonly stack: boolean;
  /** Git URL of devstack; a checkout that is on a node already is used as it is. */
  readonly repository: string;
  /** Branch, tag or commit of it; when absent it follows from the release. */
  readonly ref?: string;
  /** Longest time for each step, in seconds. */
  readonly seconds: Readonly<Record<RunStep, number>>;
}

/** A step of a run that has a time limit of its own. */
export type RunStep = "checkout" | "stack" | "certificates" | "discover" | "unstack";

/** What devstack is asked to be on the nodes. */
export interface DevstackSettings {
  /** A release of the service matrix, or `today`. */
  readonly release: string;
  /** Features of the service matrix, on top of the release's and the flavor's own. */
  readonly features: Switches;
  /** Services, on top of what the features give. */
  readonly services: Switches;
  /** localrc variables of the job; the job's word wins. */
  readonly localrc: Readonly<Record<Audience, LocalrcOverrides>>;
  readonly plugins?: readonly DevstackPlugin[];
  /** Libraries installed from git and not from released packages. */
  readonly libsFromGit?: readonly string[];
  /** Ini sections of the job, added after the flavor's. */
  readonly sections: Readonly<Record<Audience, readonly IniSection[]>>;
  /** Existing local.conf text to merge in. */
  readonly fragment?: string;
  /** Secret values given by the user, by variable; those missing are generated. Never shown. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Roles whose L3 agent runs as `dvr_snat`; the others run as `dvr`. Matters to the DVR flavors only. */
  readonly dvrSnat: readonly Role[];
  /** Present for an upgrade job only. */
  readonly grenade?: GrenadeSettings;
  /** The fixed (private) range of nested VMs as a CIDR. */
  readonly fixedRange: string;
  readonly run: RunSettings;
}

/** Everything a stack's configuration says, defaults included. */
export interface Settings {
  /** Name of the Pulumi stack: part of every mark and name. */
  readonly stack: string;
  readonly flavor: FlavorName;
  readonly nodes: NodesSettings;
  readonly overlay: OverlaySettings;
  readonly devstack: DevstackSettings;
  readonly verify: VerifyDepth;
}
