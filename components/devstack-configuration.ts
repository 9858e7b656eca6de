/** devstack's configuration on the nodes: every node's local.conf. */
import * as pulumi from "@pulumi/pulumi";
import type { LocalConfContext } from "../model/flavors/flavor.ts";
import { stackUser } from "../model/host/account.ts";
import { configuredSecrets, localConfFiles, renderLocalConf, secretNames } from "../model/localconf/index.ts";
import { logicalName } from "../model/naming.ts";
import type { PlanShape } from "../model/plan.ts";
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
      const made = localConfFiles(settings).map(({ name: file, path, document }) => {
        const content = facts.apply(([addresses, overlayMtu]) =>
          renderLocalConf(document(contextOf(settings, plan, addresses, overlayMtu, index))),
        );
        const args = { ...onNode, ...access, path, content, secrets };
        return new LocalConf(logicalName(file, planned.name), args, lives);
      });
      return pulumi.all(made.map(({ contentRevision }) => contentRevision)).apply((all) => all.join(" "));
    });
    this.registerOutputs({});
  }
}

function contextOf(
  settings: Settings,
  plan: PlanShape,
  addresses: readonly string[],
  overlayMtu: number,
  index: number,
): LocalConfContext {
  const nodes = plan.nodes.map((node, position) => ({ ...node, address: addresses[position] ?? "" }));
  const [node, primary] = [nodes[index], nodes[0]];
  if (node === undefined || primary === undefined) throw new Error("a stack has a primary");
  return { settings, node, primary, nodes, overlayMtu };
}
