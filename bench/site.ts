/** Lab nodes for the benchmark, of no stack: booted by the lab's own code, swept at the end. */
import { randomBytes } from "node:crypto";
import { backendSettings } from "../model/backends/index.ts";
import { planLab } from "../model/backends/lab.ts";
import { type GuestFacts, guestFacts } from "../model/guests/plan.ts";
import { buildPlan, type Plan, type UnderlayFacts } from "../model/plan.ts";
import { parseSettings, type RawConfig } from "../model/schema/index.ts";
import type { Settings } from "../model/settings.ts";
import { labNode } from "../providers/implementations/lab.ts";
import type { LabIdentity } from "../providers/lab/folders.ts";
import { freeRangeHere } from "../providers/lab/ranges.ts";
import { sweepLab } from "../providers/lab/sweep.ts";
import { makeUnderlay } from "../providers/lab/underlay.ts";
import type { NodeHandle } from "../providers/remote/node-handle.ts";
import { closeConnections } from "../providers/remote/pool.ts";
import { projectFolder } from "../tools/support/project.ts";

/** Where a free range is looked for first. */
export const wantedUnderlay = "10.200.0.0/16";

/** What the underlay is like: IPv4 with Ethernet's MTU (RFC 894). */
export const underlayFacts: UnderlayFacts = { mtu: 1500, family: "IPv4" };

/** Nodes that are up, and the overlays to build on them. */
export interface Site {
  readonly plan: Plan;
  /** What a stack's configuration says to get this plan. */
  readonly configuration: Partial<RawConfig>;
  /** Node name → how it is reached. */
  readonly handles: Readonly<Record<string, NodeHandle>>;
  /** What guests of a verification need. */
  readonly guests: GuestFacts;
  /** Ends the nodes and removes all of them. */
  readonly remove: () => Promise<void>;
}

/**
 * Configuration of a stack with two overlays, br_pub with addresses and br_flat without, as the seed's nova-network has.
 *
 * @param nodes how many, the primary included
 */
export function benchConfiguration(nodes: number, underlay: string): Partial<RawConfig> {
  return {
    flavor: "nova-network",
    nodes: { backend: "lab", lab: { subnodes: nodes - 1, underlay, underlayMtu: underlayFacts.mtu } },
  };
}

/** Settings of a configuration of the benchmark's own. */
export function benchSettings(stack: string, configuration: Partial<RawConfig>): Settings {
  const absent = { flavor: undefined, nodes: undefined, overlay: undefined, devstack: undefined, verify: undefined };
  return parseSettings(stack, { ...absent, ...configuration });
}

/** A range that no route or address of this machine touches. */
export async function freeUnderlay(): Promise<string> {
  return await freeRangeHere(wantedUnderlay);
}

/** Boots nodes; when one does not come up, those that did are removed. */
export async function makeSite(nodes: number): Promise<Site> {
  const lab: LabIdentity = { stack: `bench-${nodes}`, id: randomBytes(3).toString("hex") };
  const underlay = await freeUnderlay();
  const configuration = benchConfiguration(nodes, underlay);
  const settings = benchSettings(lab.stack, configuration);
  const plan = buildPlan(settings, underlayFacts);
  const remove = async (): Promise<void> => {
    closeConnections();
    await sweepLab(lab);
  };
  try {
    const guests = guestFacts(settings, `${lab.stack}-${lab.id}`);
    return { plan, configuration, handles: await boot(lab, settings, plan), guests, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function boot(lab: LabIdentity, settings: Settings, plan: Plan): Promise<Record<string, NodeHandle>> {
  const { underlay: range, controller, prefixLength, nodes: links } = planLab(backendSettings(settings.nodes, "lab"));
  const spec = { range, controller: controller.address, gateway: controller.gateway, prefixLength };
  await makeUnderlay(lab, spec, projectFolder);
  const started = await Promise.allSettled(
    plan.nodes.map(async ({ name, number, hostname }) => {
      const link = links[name];
      if (link === undefined) throw new Error(`the plan of the lab has no link for ${name}`);
      const node = { name, number, hostname, ...link, prefixLength, mtu: underlayFacts.mtu, openVswitch: true };
      return (await labNode.create({ lab, spec: node, underlay: "bench", project: projectFolder })).outs.handle;
    }),
  );
  const failed = started.find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  const handles = started.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  return Object.fromEntries(handles.map((handle) => [handle.name, handle]));
}
