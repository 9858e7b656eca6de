/** Test nodes that are there already: hosts that the configuration or a file of this machine lists. */
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { backendSettings } from "../../model/backends/index.ts";
import { hostLogins } from "../../model/backends/inventory/logins.ts";
import { expectationsOf } from "../../model/preflight/expectations.ts";
import { LoginKey } from "../../providers/login-key.ts";
import { Preflight } from "../../providers/preflight.ts";
import type { NodesArgs, TestNode } from "./node-set.ts";

/** Name of the file with the configuration's own key, in the environment's folder. */
const KEY_FILE = "login_key";

/** Existing hosts, checked before anything is changed on any of them. */
export class InventoryNodes extends pulumi.ComponentResource {
  /** Ordered by number. */
  readonly nodes: readonly TestNode[];

  constructor(name: string, args: NodesArgs, options: pulumi.ComponentResourceOptions = {}) {
    super("devstack-multinode:nodes:Inventory", name, {}, options);
    const { settings, environment } = args;
    const inventory = backendSettings(settings.nodes, "inventory");
    const { privateKey } = inventory.options;
    const parent = { parent: this };
    const path = environment.folder.apply((folder) => join(folder, KEY_FILE));
    const ownKey: pulumi.Output<string | undefined> =
      privateKey === undefined
        ? pulumi.output(undefined)
        : new LoginKey("login-key", { path, privateKey: pulumi.secret(privateKey) }, parent).path;
    const hosts = args.nodes.map(({ name: node }) => [
      node,
      ownKey.apply((file) => hostLogins(inventory, file).find((login) => login.name === node) ?? failMissing(node)),
    ]);
    const preflight = new Preflight(
      "preflight",
      {
        hosts: Object.fromEntries(hosts),
        environment: environment.mark,
        expectations: expectationsOf(settings),
        seconds: 0,
      },
      parent,
    );
    this.nodes = args.nodes.map((planned) => ({ planned, handle: preflight.handle(planned.name) }));
    this.registerOutputs({ nodes: this.nodes.map(({ handle }) => handle.name) });
  }
}

function failMissing(node: string): never {
  throw new Error(`the inventory has no host for ${node}`);
}
