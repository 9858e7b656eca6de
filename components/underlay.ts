/** What is known of the network between the nodes: by configuration, or measured on them. */
import * as pulumi from "@pulumi/pulumi";
import { parseAddress } from "../model/addresses.ts";
import { nodesFacts } from "../model/backends/index.ts";
import { buildPlan, type Plan, type UnderlayFacts } from "../model/plan.ts";
import { ConfigError } from "../model/schema/index.ts";
import type { Settings } from "../model/settings.ts";
import { UnderlayMtu } from "../providers/underlay-mtu.ts";
import type { TestNode } from "./nodes/node-set.ts";

/**
 * Facts of the underlay: the backend's where it knows them before any node exists, the cloud's, or else read on the nodes.
 *
 * @param environment `<stack>-<id>`
 */
export function underlayFacts(
  settings: Settings,
  nodes: readonly TestNode[],
  environment: pulumi.Input<string>,
): pulumi.Output<UnderlayFacts> {
  const { facts } = nodesFacts(settings.nodes).underlay;
  if (facts !== undefined) return pulumi.output(facts);
  const told = nodes.flatMap((node) => (node.mtu === undefined ? [] : [node.mtu]));
  if (told.length === nodes.length) {
    // One node tells the family: in a preview in which another one comes, the facts stay known.
    return pulumi.all([pulumi.all(told), nodes[0]?.handle]).apply(([all, first]) => ({
      mtu: Math.min(...all),
      family: familyOf(first === undefined ? [] : [first]),
    }));
  }
  const handles = pulumi.all(nodes.map(({ handle }) => handle));
  const { mtu } = new UnderlayMtu("underlay-mtu", { nodes: handles, environment }, {});
  return pulumi.all([mtu, handles]).apply(([measured, known]) => ({ mtu: measured, family: familyOf(known) }));
}

/**
 * The plan with the MTU that the underlay leaves the overlays.
 *
 * @throws RunError with the arithmetic when that is impossible, before any bridge is made
 */
export function planWith(settings: Settings, facts: pulumi.Output<UnderlayFacts>): pulumi.Output<Plan> {
  return facts.apply((known) => {
    try {
      return buildPlan(settings, known);
    } catch (error) {
      throw error instanceof ConfigError ? new pulumi.RunError(error.message) : error;
    }
  });
}

function familyOf(nodes: readonly { readonly address: string }[]): UnderlayFacts["family"] {
  return parseAddress(nodes[0]?.address ?? "")?.family ?? "IPv4";
}
