/** Hosts made ready for the job, before anything is built on them. */
import * as pulumi from "@pulumi/pulumi";
import type { Family } from "../model/addresses.ts";
import { drivers } from "../model/drivers.ts";
import { stackUser } from "../model/host/account.ts";
import { firewallPlan } from "../model/host/firewall.ts";
import { peerLine } from "../model/host/peers.ts";
import { logicalName } from "../model/naming.ts";
import { HostPreparation } from "../providers/host-preparation.ts";
import { KeyPair } from "../providers/key-pair.ts";
import type { PlannedOnNodesArgs } from "./built-on-nodes.ts";
import { livesOn, type TestNode } from "./nodes/node-set.ts";

/** What the preparation is made from. */
export interface PreparedHostsArgs extends PlannedOnNodesArgs {
  /** IP version of the underlay. */
  readonly family: pulumi.Input<Family>;
}

/** Every node, prepared; and the key pair that opens them all to each other, generated once for the stack. */
export class PreparedHosts extends pulumi.ComponentResource {
  /** The nodes, each reached only after it is ready: what is built on them waits for its own nodes and no others. */
  readonly nodes: readonly TestNode[];
  /** Revisions of every preparation: another one means that the stack has to be proven again. */
  readonly revisions: readonly pulumi.Output<string>[];

  constructor(name: string, args: PreparedHostsArgs, options: pulumi.ComponentResourceOptions = {}) {
    super("devstack-multinode:nodes:PreparedHosts", name, {}, options);
    const { settings, plan, family, mark } = args;
    const keys = new KeyPair("ssh-key", { comment: pulumi.interpolate`devstack-multinode ${mark}` }, { parent: this });
    const peers = pulumi.all(
      args.nodes.map(({ planned, handle }) =>
        handle.apply(({ address, port, hostKey }) => peerLine({ ...planned, address, port, publicKey: hostKey })),
      ),
    );
    const everywhere = {
      ...stackUser,
      environment: mark,
      peers,
      rules: pulumi.output(family).apply((known) => firewallPlan(plan, settings.overlay, known)),
      needsOpenVswitch: drivers[settings.overlay.driver].needsOpenVswitch,
      publicKey: keys.publicKey,
      privateKey: keys.privateKey,
    };
    const prepared = args.nodes.map((node) => {
      const { planned, handle } = node;
      const lives = livesOn(node, this);
      const host = new HostPreparation(logicalName("host", planned.name), { ...everywhere, node: handle }, lives);
      return { node: { ...node, handle: host.node }, revision: host.revision };
    });
    this.nodes = prepared.map(({ node }) => node);
    this.revisions = prepared.map(({ revision }) => revision);
    this.registerOutputs({});
  }
}
