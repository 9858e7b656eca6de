/** What a job flavor is: one file beside this one each, registered by one line in `index.ts`. */

import type { DriverName } from "../drivers.ts";
import type { LocalConfPart } from "../localconf/part.ts";
import type { PlannedNode } from "../plan.ts";
import type { OverlayLayout, Settings } from "../settings.ts";
import type { Violation } from "../violation.ts";

/** An overlay network a flavor asks for, before numbers are given to it. */
export interface OverlayRequest {
  /** Bridge of this name on every node. */
  readonly bridge: string;
  /** Whether nodes get an address of the public range on it. */
  readonly addressed: boolean;
  /** Bridge of neutron's that a pair of patch ports joins it to on every node (layout `patched`). */
  readonly patchTo?: "br-ex";
  /** Which block of VNIs it draws from; two overlays of a flavor never share one. */
  readonly vniBlock: VniBlock;
}

/** `public` carries floating addresses (br_pub, br-ex, br-infra), `guest` the guests' own L2 (br_flat, br_ironic_vxlan). */
export type VniBlock = "public" | "guest";

/** What a flavor's local.conf is made from, for one node. */
export interface LocalConfContext {
  readonly settings: Settings;
  readonly node: PlannedNode & { readonly address: string };
  readonly primary: PlannedNode & { readonly address: string };
  readonly nodes: readonly PlannedNode[];
  /** MTU of the overlay networks in bytes. */
  readonly overlayMtu: number;
}

/** How nested VMs are connected under a flavor, for the probe guests that stand in for them. */
export interface GuestPicture {
  /** Which node translates a guest's floating address: the guest's own, or the primary for all. */
  readonly routedBy: "own-node" | "primary";
  /**
   * What carries the guests' fixed addresses from node to node: nothing we make (`node`: guests of other nodes are
   * reached by floating addresses only), the overlay of block `guest`, or neutron's own tunnels.
   */
  readonly network: "node" | "overlay" | "tunnels";
}

/** A network mode of a gate job: the overlays it needs and what it tells devstack. */
export interface Flavor {
  /** One line for tables and help. */
  readonly summary: string;
  /** Drivers that can carry it. */
  readonly drivers: readonly DriverName[];
  /** Why the other drivers cannot; shown when one of them is asked for. */
  readonly driverReason: string;
  /** The overlay layout when the configuration names none; `direct` when absent. */
  readonly defaultLayout?: OverlayLayout;
  /** The release when the configuration names none; `today` when absent. */
  readonly defaultRelease?: string;
  /** The overlay networks, in the order they are made. */
  overlays(settings: Settings): readonly OverlayRequest[];
  /** Rules of the flavor's own, such as a least number of nodes. */
  violations(settings: Settings, nodes: readonly PlannedNode[]): readonly Violation[];
  /** How its guests are plugged in. */
  readonly guests: GuestPicture;
  /** Features of the service matrix it switches on. */
  readonly features: readonly string[];
  /** Variables and sections of a node's local.conf that belong to this flavor. */
  localConf(context: LocalConfContext): LocalConfPart;
}
