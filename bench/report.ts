/** The benchmark's report as text. Pure. */
import { drawTable } from "../tools/support/table.ts";
import { breakdown } from "./breakdown.ts";
import type { Figures, Judged, Medians } from "./figures.ts";
import { stackText } from "./stack-figures.ts";

const medianHeader = [
  "N",
  "resources",
  "up",
  "up again",
  "preview",
  "destroy",
  "verification",
  "floor",
  "connect",
  "one no-op up",
  "no-op up",
  "no-op preview",
  "empty up",
  "state bytes/resource",
];

const ansibleHeader = ["N", "Ansible", "Ansible again", "up", "up again"];

/**
 * Tables: medians in seconds, where the time of `up` goes, the same by Ansible where that was asked for, a whole stack, and
 * what the figures are held against, with a mark where a promise is broken.
 */
export function reportText({ medians, stacks, judged }: Figures): string {
  return [
    "Two overlays on nodes of the benchmark's own; seconds, median of the runs",
    drawTable([medianHeader, ...medians.map(medianRow)]),
    ...breakdownText(medians),
    ...ansibleText(medians),
    ...stackText(stacks),
    "",
    "Against the project's bounds, which are for an idle machine",
    drawTable([["figure", "measured", "bound", ""], ...judged.map(judgedRow)]),
  ].join("\n");
}

function breakdownText(medians: readonly Medians[]): string[] {
  const [first] = medians;
  if (first === undefined) return [];
  const header = ["N", ...breakdown(first.seconds).map(({ part }) => part)];
  const rows = medians.map(({ nodes, seconds }) => [
    String(nodes),
    ...breakdown(seconds).map((share) => `${share.seconds.toFixed(2)} (${Math.round(share.percent)} %)`),
  ]);
  return ["", "Where the time of up goes, by the yardsticks of the same rounds; seconds", drawTable([header, ...rows])];
}

function ansibleText(medians: readonly Medians[]): string[] {
  const rows = medians.flatMap(({ nodes, seconds: { ansible, up, upAgain } }) =>
    ansible === undefined
      ? []
      : [[String(nodes), ...[ansible.first, ansible.again, up, upAgain].map((value) => value.toFixed(2))]],
  );
  if (rows.length === 0) return [];
  return [
    "",
    "The same end state by Ansible (bench/ansible/playbook.yaml); seconds",
    drawTable([ansibleHeader, ...rows]),
  ];
}

function medianRow({ nodes, resources, stateBytesPerResource, seconds }: Medians): string[] {
  const { up, upAgain, preview, destroy, verification, floor, connect, oneUp, noopUp, noopPreview, emptyUp } = seconds;
  const times = [up, upAgain, preview, destroy, verification, floor, connect, oneUp, noopUp, noopPreview, emptyUp];
  return [String(nodes), String(resources), ...times.map((value) => value.toFixed(2)), String(stateBytesPerResource)];
}

function judgedRow({ name, unit, measured, bound, over }: Judged): string[] {
  return [name, `${measured.toFixed(2)} ${unit}`, `${bound} ${unit}`, over ? "OVER" : ""];
}
