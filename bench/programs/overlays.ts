/** What is measured: the overlays of a stack, by the project's own components, on nodes that are there already. */
import "../../components/stack-traces.ts";
import * as pulumi from "@pulumi/pulumi";
import { stackSettings } from "../../components/configuration.ts";
import type { TestNode } from "../../components/nodes/node-set.ts";
import { OverlayNetwork } from "../../components/overlay-network.ts";
import { planWith, underlayFacts } from "../../components/underlay.ts";
import { planShape } from "../../model/plan.ts";
import type { NodeHandle } from "../../providers/remote/node-handle.ts";

const settings = stackSettings(process.cwd());
const shape = planShape(settings);
const handles = new pulumi.Config().requireObject<Record<string, NodeHandle>>("handles");

// The nodes are not of this stack, so nothing is deleted with them: `destroy` has to do all of its work.
const nodes = shape.nodes.map((planned): TestNode => {
  const handle = handles[planned.name];
  if (handle === undefined) throw new Error(`the benchmark gives no handle of ${planned.name}`);
  return { planned, handle: pulumi.output(handle) };
});
const mark = `${settings.stack}-bench`;
const mtu = planWith(settings, underlayFacts(settings, nodes, mark)).overlayMtu;
for (const overlay of shape.overlays) {
  new OverlayNetwork(overlay.block, { overlay, mtu, nodes, mark });
}
