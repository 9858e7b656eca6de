/** Where everything stands in a text drawing: all nodes' boxes are alike, so one set of offsets serves them all. */
import type { OverlayShape, PlanShape } from "../plan.ts";

/** An overlay's bridge inside a node's box. Columns count from the box's left edge. */
export interface BridgeCell {
  /** Index of the overlay in the plan. */
  readonly overlay: number;
  readonly bridge: string;
  readonly x: number;
  /** Column of the line that leads down from the bridge. */
  readonly dropX: number;
  /** The bridge it is patched to; its column counts from the cell's own. */
  readonly patch?: { readonly bridge: string; readonly x: number; readonly line: string };
}

/** All measures of a drawing. Rows count from a row's title. */
export interface Layout {
  readonly cells: readonly BridgeCell[];
  readonly boxWidth: number;
  readonly boxHeight: number;
  /** Left edges of the boxes. */
  readonly columns: Readonly<Record<"left" | "middle" | "right", number>>;
  /** Lines from one row's title to the next one's. */
  readonly rowHeight: number;
  readonly addressY: number;
  readonly bridgeY: number;
  /** The line of an overlay's tunnels. */
  lineY(cell: BridgeCell): number;
  label(vni: number): string;
  /** Where a tunnel's label finds room that no line crosses; the column counts from the box to its west. */
  readonly labelRoom: { readonly x: number; readonly width: number };
}

/** Columns between two boxes. */
const GAP = 4;

/** Least width of a box; three of them fill a terminal of 80 columns. */
const LEAST_BOX_WIDTH = 24;

/** The line of a patch between two bridges. */
const PATCH_LINE = "+-patch-+";

/** Measures a plan. @param hasLeft Whether any box stands left of the primary's. */
export function layoutOf(plan: PlanShape, hasLeft: boolean): Layout {
  const cells = cellsOf(plan);
  const drops = cells.map(({ dropX }) => dropX);
  const [firstDrop, lastDrop] = cells.length === 0 ? [0, 0] : [Math.min(...drops), Math.max(...drops)];
  const vnis = plan.overlays.flatMap(({ tunnels }) => tunnels.map(({ vni }) => label(vni).length));
  const longestLabel = vnis.reduce((most, length) => Math.max(most, length), 0);
  const boxWidth = Math.max(
    LEAST_BOX_WIDTH,
    widthOfCells(plan, cells) + 2,
    ...plan.nodes.map(({ name, address }) => Math.max(name.length + 2, underlayText(address).length + 4)),
    longestLabel + 2 + lastDrop - firstDrop - GAP + 1,
  );
  const addressed = plan.overlays.some(({ addresses }) => Object.keys(addresses).length > 0);
  const addressY = 4;
  const bridgeY = addressed ? addressY + 1 : addressY;
  const lines = vnis.length === 0 ? 0 : cells.length + 2;
  const lastY = cells.length === 0 ? 2 : bridgeY + 2 + lines;
  const middle = hasLeft ? boxWidth + GAP : 0;
  return {
    cells,
    boxWidth,
    boxHeight: lastY + 1,
    columns: { left: 0, middle, right: middle + boxWidth + GAP },
    rowHeight: lastY + 3,
    addressY,
    bridgeY,
    lineY: (cell) => bridgeY + 3 + cells.length - cell.overlay,
    label,
    labelRoom: { x: lastDrop + 1, width: boxWidth + GAP + firstDrop - lastDrop - 1 },
  };
}

/** What a node's box says of the underlay; nothing while a cloud has yet to give the address. */
export function underlayText(address: string | undefined): string {
  return address === undefined ? "" : `underlay ${address}`;
}

function label(vni: number): string {
  return ` vxlan ${vni} `;
}

/** The overlays' bridges side by side. */
function cellsOf({ overlays }: PlanShape): readonly BridgeCell[] {
  const cells: BridgeCell[] = [];
  let x = 2;
  for (const [index, overlay] of overlays.entries()) {
    const { bridge, patchTo } = overlay;
    const patchX = bridge.length + 4 + PATCH_LINE.length - 2;
    cells.push({
      overlay: index,
      bridge,
      x,
      dropX: x + Math.floor((bridge.length + 4) / 2),
      ...(patchTo === undefined ? {} : { patch: { bridge: patchTo, x: patchX, line: PATCH_LINE } }),
    });
    x += cellWidth(overlay) + 1;
  }
  return cells;
}

/** Width of a bridge with its patch and its longest address. */
function cellWidth({ bridge, patchTo, addresses }: OverlayShape): number {
  const boxes = bridge.length + 4 + (patchTo === undefined ? 0 : PATCH_LINE.length - 2 + patchTo.length + 4);
  return Object.values(addresses).reduce((most, address) => Math.max(most, address.length), boxes);
}

function widthOfCells({ overlays }: PlanShape, cells: readonly BridgeCell[]): number {
  return cells.reduce((most, cell) => {
    const overlay = overlays[cell.overlay];
    return overlay === undefined ? most : Math.max(most, cell.x + cellWidth(overlay));
  }, 0);
}
