/** What the users of an environment get: the nodes as outputs, and files to log in and to go on with. */
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { inventoryYaml, knownHostsText, sshConfigText } from "../model/access.ts";
import type { Plan } from "../model/plan.ts";
import { drawMermaid } from "../model/topology/mermaid.ts";
import type { Environment } from "../providers/environment.ts";
import { GeneratedFiles } from "../providers/generated-files.ts";
import type { NodeHandle } from "../providers/remote/node-handle.ts";
import type { TestNode } from "./nodes/node-set.ts";

/** File names in the environment's folder. */
const fileNames = {
  sshConfig: "ssh_config",
  knownHosts: "known_hosts",
  inventory: "inventory.yaml",
  topology: "topology.mmd",
} as const;

/** The generated files of an environment. */
export class Access extends pulumi.ComponentResource {
  /** Path of an OpenSSH client configuration that knows the nodes by name and checks their host keys. */
  readonly sshConfig: pulumi.Output<string>;
  /** Path of an Ansible inventory of the nodes. */
  readonly inventory: pulumi.Output<string>;
  /** The topology as Mermaid text. */
  readonly topology: pulumi.Output<string>;
  /** The nodes as the contract describes them. */
  readonly nodes: pulumi.Output<object[]>;

  constructor(
    name: string,
    args: {
      readonly plan: pulumi.Output<Plan>;
      readonly nodes: readonly TestNode[];
      readonly environment: Environment;
    },
    options: pulumi.ComponentResourceOptions = {},
  ) {
    super("devstack-multinode:environment:Access", name, {}, options);
    const { folder } = args.environment;
    const path = (file: string): pulumi.Output<string> => folder.apply((known) => join(known, file));
    this.sshConfig = path(fileNames.sshConfig);
    this.inventory = path(fileNames.inventory);
    this.topology = args.plan.apply(drawMermaid);
    const hosts = pulumi.all(
      args.nodes.map(({ planned: { role, number, hostname }, handle }) =>
        handle.apply((known) => ({
          ...known,
          role,
          number,
          hostname,
          publicKey: known.hostKey,
          publicAddress: publicAddressOf(known),
        })),
      ),
    );
    this.nodes = hosts.apply((all) =>
      all.map(({ name: node, role, number, hostname, address, publicAddress }) => ({
        name: node,
        role,
        number,
        hostname,
        address,
        publicAddress,
      })),
    );
    const files = pulumi
      .all([hosts, path(fileNames.knownHosts), this.sshConfig, this.topology])
      .apply(([all, knownHostsFile, sshConfig, topology]) => ({
        [fileNames.sshConfig]: sshConfigText({ hosts: all, knownHostsFile }),
        [fileNames.knownHosts]: knownHostsText({ hosts: all }),
        [fileNames.inventory]: inventoryYaml({ sshConfig, hosts: all }),
        [fileNames.topology]: topology,
      }));
    new GeneratedFiles("files", { folder, files }, { parent: this });
    this.registerOutputs({ sshConfig: this.sshConfig, inventory: this.inventory });
  }
}

/** Where a node is reached from outside; null where that is the underlay's address, or there is no way but a jump host. */
function publicAddressOf({ host, address, jump }: NodeHandle): string | null {
  return host === address || jump !== undefined ? null : host;
}
