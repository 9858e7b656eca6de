/** Test nodes of the embedded lab, on this machine. */
import * as pulumi from "@pulumi/pulumi";
import { backendSettings } from "../../model/backends/index.ts";
import { planLab } from "../../model/backends/lab.ts";
import { drivers } from "../../model/drivers.ts";
import { Lab, LabNode, LabUnderlay } from "../../providers/lab.ts";
import type { NodesArgs, TestNode } from "./node-set.ts";

/** The lab's record, its routed underlay, and its nodes. */
export class LabNodes extends pulumi.ComponentResource {
  /** Ordered by number. */
  readonly nodes: readonly TestNode[];

  constructor(name: string, args: NodesArgs, options: pulumi.ComponentResourceOptions = {}) {
    super("devstack-multinode:nodes:Lab", name, {}, options);
    const { settings, project } = args;
    const labSettings = backendSettings(settings.nodes, "lab");
    const { underlay: range, controller, prefixLength, nodes: links } = planLab(labSettings);
    const lab = args.environment.environmentId.apply((id) => ({ stack: settings.stack, id }));
    const parent = { parent: this };
    const record = new Lab("lab", { lab }, { ...parent, dependsOn: args.environment });
    const spec = { range, controller: controller.address, gateway: controller.gateway, prefixLength };
    const underlay = new LabUnderlay("underlay", { lab, spec, project }, { ...parent, dependsOn: record });
    this.nodes = args.nodes.map((planned) => {
      const link = links[planned.name];
      if (link === undefined) throw new Error(`the plan of the lab has no link for ${planned.name}`);
      const { name: node, number, hostname } = planned;
      const spec = {
        name: node,
        number,
        hostname,
        ...link,
        prefixLength,
        mtu: labSettings.underlayMtu,
        openVswitch: drivers[settings.overlay.driver].needsOpenVswitch,
      };
      const resource = new LabNode(node, { lab, spec, underlay: underlay.generation, project }, parent);
      return { planned, handle: resource.handle, resource, ground: record };
    });
    this.registerOutputs({ nodes: this.nodes.map(({ handle }) => handle.name) });
  }
}
