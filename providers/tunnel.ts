/** A VXLAN tunnel between two nodes. */
import * as pulumi from "@pulumi/pulumi";
import type { DriverName } from "../model/drivers.ts";
import { MultinodeResource } from "./dynamic.ts";
import type { Recorded } from "./marked-object.ts";
import type { NodeHandle } from "./remote/node-handle.ts";

/** Resolved inputs of a tunnel. Lists of two hold a value for each end, in the same order. */
export interface TunnelInputs {
  nodes: NodeHandle[];
  /** Generations of the bridges the ends are plugged into. */
  bridges: string[];
  /** What each end is set to, as wanted or as found. */
  ends: TunnelEnd[];
  /** `<stack>-<id>`: whose mark the ends carry. */
  environment: string;
  /** Logical name of the resource, for the mark. */
  resource: string;
  driver: DriverName;
  bridge: string;
}

/** Settings of one end; all blank where the end was found missing or faulty. */
export interface TunnelEnd {
  /** Underlay address it sends to. */
  remote: string;
  /** VXLAN network identifier. */
  vni: number;
  /** UDP port. */
  port: number;
}

/** What is recorded of a tunnel. */
export interface TunnelOutputs extends TunnelInputs, Recorded {}

/** What the program gives for a tunnel. */
export interface TunnelArgs {
  /** The two nodes, the star's centre first. */
  readonly nodes: readonly [pulumi.Input<NodeHandle>, pulumi.Input<NodeHandle>];
  /** Generations of their bridges. */
  readonly bridges: readonly [pulumi.Input<string>, pulumi.Input<string>];
  readonly environment: pulumi.Input<string>;
  readonly driver: DriverName;
  readonly bridge: string;
  /** VXLAN network identifier of both ends. */
  readonly vni: number;
  /** UDP port of both ends. */
  readonly port: number;
}

/**
 * A point-to-point VXLAN tunnel between the bridges of two nodes (RFC 7348): both ends are made, read back and checked.
 * VNI, port and remotes change in place; another incarnation of a node or bridge makes a new one.
 */
export class Tunnel extends MultinodeResource {
  declare readonly revision: pulumi.Output<string>;

  constructor(name: string, args: TunnelArgs, options: pulumi.CustomResourceOptions) {
    const { vni, port, ...rest } = args;
    const remotes = [args.nodes[1], args.nodes[0]].map((node) => pulumi.output(node).address);
    const ends = remotes.map((remote) => ({ remote, vni, port }));
    super(
      "tunnel",
      name,
      { ...rest, ends, resource: name, generation: undefined, revision: undefined },
      options,
      "overlay",
      "Tunnel",
    );
  }
}
