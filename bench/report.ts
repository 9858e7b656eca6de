/** The benchmark's report as text. Pure. */
import { drawTable } from "../tools/support/table.ts";
import type { Figures, Judged, Medians } from "./figures.ts";

const medianHeader = [
  "N",
  "resources",
  "up",
  "up again",
  "preview",
  "destroy",
  "floor",
  "no-op up",
  "no-op preview",
  "empty up",
  "state bytes/resource",
];

/** Two tables: medians in seconds, and what they are held against, with a mark where a promise is broken. */
export function reportText({ medians, judged }: Figures): string {
  return [
    "Two overlays on nodes of the benchmark's own; seconds, median of the runs",
    drawTable([medianHeader, ...medians.map(medianRow)]),
    "",
    "Against the project's bounds, which are for an idle machine",
    drawTable([["figure", "measured", "bound", ""], ...judged.map(judgedRow)]),
  ].join("\n");
}

function medianRow({ nodes, resources, stateBytesPerResource, seconds }: Medians): string[] {
  const { up, upAgain, preview, destroy, floor, noopUp, noopPreview, emptyUp } = seconds;
  const times = [up, upAgain, preview, destroy, floor, noopUp, noopPreview, emptyUp].map((value) => value.toFixed(2));
  return [String(nodes), String(resources), ...times, String(stateBytesPerResource)];
}

function judgedRow({ name, unit, measured, bound, over }: Judged): string[] {
  return [name, `${measured.toFixed(2)} ${unit}`, `${bound} ${unit}`, over ? "OVER" : ""];
}
