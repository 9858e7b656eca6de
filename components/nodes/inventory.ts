/** Test nodes that are there already: hosts that the configuration or a file of this machine lists. */
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { backendSettings } from "../../model/backends/index.ts";
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
    const { hosts, jump, options: given } = backendSettings(settings.nodes, "inventory");
    const parent = { parent: this };
    const path = environment.folder.apply((folder) => join(folder, KEY_FILE));
    const own =
      given.privateKey === undefined
        ? undefined
        : new LoginKey("login-key", { path, privateKey: pulumi.secret(given.privateKey) }, parent).path;
    const withKey = <Login extends { readonly identityFile?: string }>(login: Login) =>
      login.identityFile !== undefined || own === undefined
        ? pulumi.output(login)
        : own.apply((identityFile) => ({ ...login, identityFile }));
    const through = jump === undefined ? undefined : withKey(jump);
    const wanted = args.nodes.map(({ name: node, number }) => {
      const host = hosts.find((one) => one.number === number);
      if (host === undefined) throw new Error(`the inventory has no host for ${node}`);
      const about = pulumi
        .all([withKey(host), through])
        .apply(([login, known]) => ({ name: node, ...login, ...(known === undefined ? {} : { jump: known }) }));
      return [node, about] as const;
    });
    const preflight = new Preflight(
      "preflight",
      {
        hosts: Object.fromEntries(wanted),
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
