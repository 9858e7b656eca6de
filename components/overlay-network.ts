/** An overlay network: a bridge on every node, and the tunnels that join them. */
import * as pulumi from "@pulumi/pulumi";
import { logicalName } from "../model/naming.ts";
import type { Overlay } from "../model/plan.ts";
import { Bridge } from "../providers/bridge.ts";
import { Tunnel } from "../providers/tunnel.ts";
import type { TestNode } from "./nodes/node-set.ts";

/** What an overlay network is made from. */
export interface OverlayNetworkArgs {
  readonly overlay: Overlay;
  readonly nodes: readonly TestNode[];
  /** `<stack>-<id>`: whose mark everything carries. */
  readonly mark: pulumi.Input<string>;
}

/**
 * An overlay network. Its resources are named after bridge and nodes alone, whatever the flavor, so that another flavor
 * that uses the same bridge takes it over instead of making a second one of the same name.
 */
export class OverlayNetwork extends pulumi.ComponentResource {
  /** Revisions of all bridges and tunnels: another one means that the overlay has to be proven again. */
  readonly revisions: readonly pulumi.Output<string>[];

  constructor(name: string, { overlay, nodes, mark }: OverlayNetworkArgs, options: pulumi.ComponentResourceOptions = {}) {
    super("devstack-multinode:overlay:Network", name, {}, options);
    const common = { environment: mark, driver: overlay.driver, bridge: overlay.bridge };
    const members = nodes.map((node) => {
      const address = overlay.addresses[node.planned.name];
      const bridge = new Bridge(
        logicalName(overlay.bridge, node.planned.name),
        {
          ...common,
          node: node.handle,
          mtu: overlay.mtu,
          addresses: address === undefined ? [] : [address],
          ...(overlay.nodeSpan === undefined ? {} : { nodeSpan: overlay.nodeSpan }),
        },
        { parent: this, deletedWith: node.resource },
      );
      return { node, bridge };
    });
    const member = (wanted: string) => {
      const found = members.find(({ node }) => node.planned.name === wanted);
      if (found === undefined) throw new Error(`the plan has a tunnel to ${wanted}, which is no node of the stack`);
      return found;
    };
    const tunnels = overlay.tunnels.map(({ between, vni }) => {
      const [center, peer] = [member(between[0]), member(between[1])];
      const ends = { nodes: [center.node.handle, peer.node.handle], bridges: [center.bridge.generation, peer.bridge.generation] } as const;
      const tunnel = logicalName(overlay.bridge, ...between);
      return new Tunnel(tunnel, { ...common, ...ends, vni, port: overlay.port }, { parent: this });
    });
    this.revisions = [...members.map(({ bridge }) => bridge.revision), ...tunnels.map(({ revision }) => revision)];
    this.registerOutputs({ bridge: overlay.bridge });
  }
}
