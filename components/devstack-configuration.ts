/** devstack's configuration on the nodes: the user that runs it, and every node's local.conf. */
import * as pulumi from "@pulumi/pulumi";
import { configuredSecrets, localConf, renderLocalConf, secretNames } from "../model/localconf/index.ts";
import { logicalName } from "../model/naming.ts";
import type { Plan } from "../model/plan.ts";
import type { Settings } from "../model/settings.ts";
import { GeneratedSecrets } from "../providers/generated-secrets.ts";
import { LocalConf } from "../providers/local-conf.ts";
import { NodeUser } from "../providers/node-user.ts";
import type { TestNode } from "./nodes/node-set.ts";

/** User that runs stack.sh, with devstack's own name and home for it. */
const stackUser = { user: "stack", home: "/opt/stack" } as const;

/** Where devstack looks for its configuration: in its own checkout. */
const localConfFile = { path: "/opt/stack/devstack/local.conf", mode: "600", owner: stackUser.user } as const;

/** What the configuration is made from. */
export interface DevstackConfigurationArgs {
  readonly settings: Settings;
  readonly plan: Plan;
  readonly nodes: readonly TestNode[];
  /** `<stack>-<id>`: whose mark everything carries. */
  readonly mark: pulumi.Input<string>;
}

/** The user and the local.conf of every node; secrets the configuration does not give are generated once for the stack. */
export class DevstackConfiguration extends pulumi.ComponentResource {
  constructor(name: string, args: DevstackConfigurationArgs, options: pulumi.ComponentResourceOptions = {}) {
    super("devstack-multinode:devstack:Configuration", name, {}, options);
    const { settings, plan, nodes, mark } = args;
    const generated = new GeneratedSecrets("secrets", { names: secretNames(settings) }, { parent: this });
    const addresses = pulumi.all(nodes.map(({ handle }) => handle.address));
    for (const [index, { planned, handle, resource }] of nodes.entries()) {
      const onNode = { node: handle, environment: mark };
      const lives = { parent: this, deletedWith: resource };
      const user = new NodeUser(logicalName("user", planned.name), { ...onNode, ...stackUser }, lives);
      const content = addresses.apply((known) => {
        const all = plan.nodes.map((node, position) => ({ ...node, address: known[position] ?? "" }));
        const [node, primary] = [all[index], all[0]];
        if (node === undefined || primary === undefined) throw new Error("a stack has a primary");
        const { overlays, overlayMtu } = plan;
        return renderLocalConf(localConf({ settings, node, primary, nodes: all, overlays, overlayMtu }));
      });
      const secrets = pulumi.secret(
        generated.values.apply((values) => ({ ...values, ...configuredSecrets(settings, planned.role) })),
      );
      const file = logicalName("local-conf", planned.name);
      new LocalConf(file, { ...onNode, ...localConfFile, content, secrets }, { ...lives, dependsOn: user });
    }
    this.registerOutputs({});
  }
}
