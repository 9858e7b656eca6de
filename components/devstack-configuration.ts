/** devstack's configuration on the nodes: every node's local.conf. */
import * as pulumi from "@pulumi/pulumi";
import type { LocalConfContext } from "../model/flavors/flavor.ts";
import { stackUser } from "../model/host/account.ts";
import {
  configuredSecrets,
  type LocalConfFile,
  localConfFiles,
  renderLocalConf,
  secretNames,
} from "../model/localconf/index.ts";
import { logicalName } from "../model/naming.ts";
import type { Plan } from "../model/plan.ts";
import type { Settings } from "../model/settings.ts";
import { GeneratedSecrets } from "../providers/generated-secrets.ts";
import { LocalConf } from "../providers/local-conf.ts";
import type { PlannedOnNodesArgs } from "./built-on-nodes.ts";
import { livesOn } from "./nodes/node-set.ts";

/** Nobody but the user that runs stack.sh reads a local.conf, as passwords stand in it. */
const access = { mode: "600", owner: stackUser.user } as const;

/** What the configuration is made from; the nodes are prepared ones, as the files belong to a user that is made there. */
export interface DevstackConfigurationArgs extends PlannedOnNodesArgs {
  /** MTU of the overlay networks in bytes. */
  readonly mtu: pulumi.Input<number>;
}

/** The local.conf of every node; secrets the configuration does not give are generated once for the stack. */
export class DevstackConfiguration extends pulumi.ComponentResource {
  /** Of every node, in the order of the nodes: another one whenever what its files say was written anew. */
  readonly contents: readonly pulumi.Output<string>[];

  constructor(name: string, args: DevstackConfigurationArgs, options: pulumi.ComponentResourceOptions = {}) {
    super("devstack-multinode:devstack:Configuration", name, {}, options);
    const { settings, plan, mtu, nodes, mark } = args;
    const generated = new GeneratedSecrets("secrets", { names: secretNames(settings) }, { parent: this });
    // An address the plan knows is known in previews too, so that a node made anew changes no other node's files there.
    const facts = pulumi.all([pulumi.all(nodes.map(({ planned, handle }) => planned.address ?? handle.address)), mtu]);
    this.contents = nodes.map((node, index) => {
      const { planned, handle } = node;
      const onNode = { node: handle, environment: mark };
      const lives = livesOn(node, this);
      const secrets = pulumi.secret(
        generated.values.apply((values) => ({ ...values, ...configuredSecrets(settings, planned.role) })),
      );
      const files = (addresses: readonly string[], overlayMtu: number) =>
        localConfFiles(contextOf(settings, { ...plan, overlayMtu }, addresses, index));
      // Which files there are follows from the settings alone; their text needs addresses and MTU.
      const made = files([], plan.overlayMtu).map(({ name: file, path }, position) => {
        const content = facts.apply((known) => textOf(files(...known)[position]));
        const args = { ...onNode, ...access, path, content, secrets };
        return new LocalConf(logicalName(file, planned.name), args, lives);
      });
      return pulumi.all(made.map(({ contentRevision }) => contentRevision)).apply((all) => all.join(" "));
    });
    this.registerOutputs({});
  }
}

function contextOf(settings: Settings, plan: Plan, addresses: readonly string[], index: number): LocalConfContext {
  const nodes = plan.nodes.map((node, position) => ({ ...node, address: addresses[position] ?? "" }));
  const [node, primary] = [nodes[index], nodes[0]];
  if (node === undefined || primary === undefined) throw new Error("a stack has a primary");
  return { settings, node, primary, nodes, overlays: plan.overlays, overlayMtu: plan.overlayMtu };
}

function textOf(file: LocalConfFile | undefined): string {
  if (file === undefined) throw new Error("the number of local.conf files does not depend on addresses");
  return renderLocalConf(file.document);
}
