/** An overlay network: a bridge on every node, and the tunnels that join them. */
import * as pulumi from "@pulumi/pulumi";
import { logicalName } from "../model/naming.ts";
import type { OverlayShape, PlannedTunnel } from "../model/plan.ts";
import { Bridge } from "../providers/bridge.ts";
import { PatchPair } from "../providers/patch-pair.ts";
import { Tunnel } from "../providers/tunnel.ts";
import type { OnNodesArgs } from "./built-on-nodes.ts";
import { joins, livesOn, type TestNode } from "./nodes/node-set.ts";

/** What an overlay network is made from. */
export interface OverlayNetworkArgs extends OnNodesArgs {
  readonly overlay: OverlayShape;
  /** MTU of the bridges in bytes. */
  readonly mtu: pulumi.Input<number>;
}

/** A node with its bridge of the overlay. */
interface Member {
  readonly node: TestNode;
  readonly bridge: Bridge;
}

/**
 * An overlay network. Its resources are named after what it carries and their nodes, not after flavor or bridge, so that
 * those of another flavor take their place: the old bridge goes before the new one, which may have its addresses, comes.
 */
export class OverlayNetwork extends pulumi.ComponentResource {
  /** Revisions of everything in it: another one means that the overlay has to be proven again. */
  readonly revisions: readonly pulumi.Output<string>[];

  constructor(name: string, args: OverlayNetworkArgs, options: pulumi.ComponentResourceOptions = {}) {
    super("devstack-multinode:overlay:Network", name, {}, options);
    const members = args.nodes.map((node) => ({ node, bridge: this.bridge(args, node) }));
    const tunnels = args.overlay.tunnels.map((tunnel) => this.tunnel(args, members, tunnel));
    const { patchTo } = args.overlay;
    const patches = patchTo === undefined ? [] : members.flatMap((member) => this.patch(args, member, patchTo));
    this.revisions = [...members.map(({ bridge }) => bridge), ...tunnels, ...patches].map(({ revision }) => revision);
    this.registerOutputs({ bridge: args.overlay.bridge });
  }

  private bridge({ overlay, mtu, mark }: OverlayNetworkArgs, node: TestNode): Bridge {
    const address = overlay.addresses[node.planned.name];
    const { driver, bridge } = overlay;
    const addresses = { addresses: address === undefined ? [] : [address], ...spanOf(overlay) };
    return new Bridge(
      logicalName(overlay.block, "bridge", node.planned.name),
      { environment: mark, driver, bridge, node: node.handle, mtu, ...addresses },
      livesOn(node, this),
    );
  }

  private tunnel(
    { overlay, mark }: OverlayNetworkArgs,
    members: readonly Member[],
    { between, vni }: PlannedTunnel,
  ): Tunnel {
    const [center, peer] = [memberOf(members, between[0]), memberOf(members, between[1])];
    const { driver, bridge, port } = overlay;
    const nodes = [center.node.handle, peer.node.handle] as const;
    const bridges = [center.bridge.generation, peer.bridge.generation] as const;
    const args = { environment: mark, driver, bridge, nodes, bridges, vni, port };
    return new Tunnel(logicalName(overlay.block, "tunnel", ...between), args, joins(center.node, this));
  }

  /** The bridge that neutron uses, without an address of its own, and the ports that join it to the overlay. */
  private patch(
    { overlay, mtu, mark }: OverlayNetworkArgs,
    { node, bridge }: Member,
    patchTo: string,
  ): readonly [Bridge, PatchPair] {
    const { driver } = overlay;
    const lives = livesOn(node, this);
    // In the other layout the overlay's own bridge has its name: by `joinedTo` the one is gone before the other comes, both ways. One that
    // was taken over would bring along what it knows of neighbours that are gone.
    const own = new Bridge(
      logicalName("patched", "bridge", node.planned.name),
      {
        environment: mark,
        driver,
        bridge: patchTo,
        node: node.handle,
        mtu,
        addresses: [],
        ...spanOf(overlay),
        joinedTo: bridge.bridge,
      },
      lives,
    );
    const generations = [bridge.generation, own.generation] as const;
    const pair = new PatchPair(
      logicalName("patch", node.planned.name),
      { environment: mark, node: node.handle, bridges: [overlay.bridge, patchTo], generations },
      lives,
    );
    return [own, pair];
  }
}

function memberOf(members: readonly Member[], wanted: string): Member {
  const found = members.find(({ node }) => node.planned.name === wanted);
  if (found === undefined) throw new Error(`the plan has a tunnel to ${wanted}, which is no node of the stack`);
  return found;
}

function spanOf({ nodeSpan }: OverlayShape): { readonly nodeSpan?: { readonly first: string; readonly last: string } } {
  return nodeSpan === undefined ? {} : { nodeSpan };
}
