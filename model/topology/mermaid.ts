/** A plan as a Mermaid flow chart: a frame for each node, its bridges inside, the tunnels between them. */
import type { OverlayShape, PlannedNode, PlanShape } from "../plan.ts";

/** Draws a plan; the same plan gives the same text. Ends with a line break. */
export function drawMermaid(plan: PlanShape): string {
  const lines = [
    "flowchart LR",
    ...plan.nodes.flatMap((node) => nodeLines(node, plan.overlays)),
    ...plan.overlays.flatMap(tunnelLines),
  ];
  return `${lines.join("\n")}\n`;
}

function nodeLines(node: PlannedNode, overlays: readonly OverlayShape[]): readonly string[] {
  const title = label(node.name, node.address);
  if (overlays.length === 0) {
    return [`  ${id(node.name)}[${title}]`];
  }
  return [
    `  subgraph ${id(node.name)}[${title}]`,
    ...overlays.flatMap(({ bridge, addresses, patchTo }) => [
      `    ${id(node.name, bridge)}[${label(bridge, addresses[node.name])}]`,
      ...(patchTo === undefined
        ? []
        : [
            `    ${id(node.name, patchTo)}[${label(patchTo)}]`,
            `    ${id(node.name, bridge)} -. patch .- ${id(node.name, patchTo)}`,
          ]),
    ]),
    "  end",
  ];
}

function tunnelLines({ bridge, tunnels }: OverlayShape): readonly string[] {
  return tunnels.map(
    ({ between: [centre, peer], vni }) => `  ${id(centre, bridge)} ---|"vxlan ${vni}"| ${id(peer, bridge)}`,
  );
}

/** An identifier of Mermaid: `end` and the like are kept apart by the part before them. */
function id(...parts: readonly string[]): string {
  return parts.map((part) => part.replaceAll(/[^A-Za-z0-9]+/g, "_")).join("__");
}

function label(...lines: readonly (string | undefined)[]): string {
  return `"${lines.filter((line) => line !== undefined).join("<br/>")}"`;
}
