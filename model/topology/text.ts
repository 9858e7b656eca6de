/**
 * A plan as a picture in plain characters, in the manner of the seed's: a box for each node with its bridges, and the
 * tunnels as lines between them. The primary stands in the middle; when there are more than two subnodes its
 * lines go on downwards, and the next pair of subnodes hangs on them left and right.
 */
import { nodeName, PRIMARY_NUMBER } from "../nodes.ts";
import type { OverlayShape, PlannedNode, PlanShape } from "../plan.ts";
import { Canvas } from "./canvas.ts";
import { type BridgeCell, type Layout, layoutOf, underlayText } from "./layout.ts";

/** A plan to draw, with the overlays' MTU in bytes where it is known. */
export interface DrawnPlan extends PlanShape {
  readonly overlays: readonly DrawnOverlay[];
}

/** An overlay of it. */
type DrawnOverlay = OverlayShape & { readonly mtu?: number };

/** Where a node's box stands. */
type Column = "left" | "middle" | "right";

/** A row of the picture. */
interface Row {
  readonly nodes: Readonly<Partial<Record<Column, PlannedNode>>>;
  /** Whether another row hangs below it. */
  readonly continues: boolean;
}

/** Draws a plan; ends without a line break. */
export function drawText(plan: DrawnPlan): string {
  const rows = rowsOf(plan);
  const layout = layoutOf(
    plan,
    rows.some(({ nodes }) => nodes.left !== undefined),
  );
  const canvas = new Canvas();
  for (const [index, row] of rows.entries()) {
    const y = index * layout.rowHeight;
    for (const column of ["left", "middle", "right"] as const) {
      const node = row.nodes[column];
      if (node !== undefined) {
        drawNode(canvas, plan, node, layout, layout.columns[column], y);
      }
    }
    for (const cell of layout.cells) {
      drawTunnels(canvas, plan, row, layout, cell, y);
    }
    for (const cell of layout.cells.filter(({ overlay }) => plan.overlays[overlay]?.tunnels.length !== 0)) {
      drawDrops(canvas, row, layout, cell, y);
    }
  }
  return [headline(plan), ...plan.overlays.map(overlayLine), "", canvas.toString()].join("\n");
}

function headline({ stack, flavor, nodes, overlays }: DrawnPlan): string {
  const counted = nodes.length === 1 ? "1 node" : `${nodes.length} nodes`;
  const bare = overlays.length === 0 ? ", no overlay networks" : "";
  return `${stack}: ${flavor}, ${counted}${bare}`;
}

function overlayLine({ bridge, mtu, port, topology, driver, patchTo }: DrawnOverlay): string {
  const patch = patchTo === undefined ? "" : `, patched to ${patchTo}`;
  return `  ${bridge}: VXLAN ${topology} on UDP port ${port}, MTU ${mtu ?? "known after up"}, ${driver}${patch}`;
}

/** The primary between the first two subnodes, then the others in pairs. */
function rowsOf({ nodes }: PlanShape): readonly Row[] {
  const subnodes = nodes.filter(({ role }) => role === "subnode");
  const primary = nodes.find(({ role }) => role === "primary");
  const count = Math.max(1, Math.ceil(subnodes.length / 2));
  return Array.from({ length: count }, (_, index) => {
    const left = subnodes[index * 2];
    const right = subnodes[index * 2 + 1];
    return {
      nodes: {
        ...(left === undefined ? {} : { left }),
        ...(index === 0 && primary !== undefined ? { middle: primary } : {}),
        ...(right === undefined ? {} : { right }),
      },
      continues: index < count - 1,
    };
  });
}

function drawNode(canvas: Canvas, plan: PlanShape, node: PlannedNode, layout: Layout, x: number, y: number): void {
  canvas.put(x + 1, y, node.name);
  canvas.box(x, y + 1, layout.boxWidth, layout.boxHeight);
  canvas.put(x + 2, y + 2, underlayText(node.address));
  for (const cell of layout.cells) {
    const left = x + cell.x;
    canvas.put(left, y + layout.addressY, plan.overlays[cell.overlay]?.addresses[node.name] ?? "");
    canvas.box(left, y + layout.bridgeY, cell.bridge.length + 4, 3);
    canvas.put(left + 2, y + layout.bridgeY + 1, cell.bridge);
    if (cell.patch !== undefined) {
      const patchX = left + cell.patch.x;
      canvas.box(patchX, y + layout.bridgeY, cell.patch.bridge.length + 4, 3);
      canvas.put(patchX + 2, y + layout.bridgeY + 1, cell.patch.bridge);
      canvas.put(left + cell.bridge.length + 3, y + layout.bridgeY + 1, cell.patch.line);
    }
  }
}

/** The lines of an overlay's tunnels in a row, with their VNIs. */
function drawTunnels(canvas: Canvas, plan: PlanShape, row: Row, layout: Layout, cell: BridgeCell, y: number): void {
  const overlay = plan.overlays[cell.overlay];
  const lineY = y + layout.lineY(cell);
  const trunkX = layout.columns.middle + cell.dropX;
  for (const column of ["left", "right"] as const) {
    const node = row.nodes[column];
    const tunnel = overlay?.tunnels.find(
      ({ between }) => between[0] === nodeName(PRIMARY_NUMBER) && between[1] === node?.name,
    );
    if (tunnel === undefined) {
      continue;
    }
    const dropX = layout.columns[column] + cell.dropX;
    canvas.horizontal(Math.min(dropX, trunkX), Math.max(dropX, trunkX), lineY);
    const label = layout.label(tunnel.vni);
    const west = layout.columns[column === "left" ? "left" : "middle"];
    const room = layout.labelRoom;
    canvas.put(west + room.x + Math.floor((room.width - label.length) / 2), lineY, label);
  }
}

/** The lines of an overlay from the bridges of a row down to its tunnels, over the tunnels of others. */
function drawDrops(canvas: Canvas, row: Row, layout: Layout, cell: BridgeCell, y: number): void {
  const lineY = y + layout.lineY(cell);
  const joints: number[] = [];
  for (const column of ["left", "middle", "right"] as const) {
    const x = layout.columns[column] + cell.dropX;
    if (row.nodes[column] !== undefined) {
      const bottomY = y + layout.bridgeY + 2;
      canvas.put(x, bottomY, "+");
      canvas.vertical(x, bottomY + 1, lineY);
      joints.push(x);
    } else if (column === "middle") {
      canvas.vertical(x, y, lineY);
      joints.push(x);
    }
  }
  const trunkX = layout.columns.middle + cell.dropX;
  if (row.continues) {
    canvas.vertical(trunkX, lineY, y + layout.rowHeight - 1);
  }
  if (joints.length > 1) {
    for (const x of joints) {
      canvas.put(x, lineY, "+");
    }
  }
}
