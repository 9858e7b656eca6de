/** The report of a pre-flight: every problem of every host, grouped by host. */
import type { HostProblem, Problem } from "./problem.ts";

const LABEL_WIDTH = 10;

/** @param hosts how many hosts were checked */
export function describePreflight(problems: readonly HostProblem[], hosts: number): string {
  const checked = hosts === 1 ? "the host" : `all ${hosts} hosts`;
  if (problems.length === 0) return `pre-flight: ${checked} passed`;
  const names = [...new Set(problems.map(({ host }) => host))];
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const head = `pre-flight: ${count} on ${names.length} of ${hosts} hosts; nothing was changed on any host.`;
  const groups = names.map((name) => {
    const own = problems.filter(({ host }) => host === name);
    return [`  ${name} (${own[0]?.login})`, ...own.map(paragraph)].join("\n");
  });
  return [head, ...groups].join("\n\n");
}

/** A line for each problem. */
export function problemLines(problems: readonly HostProblem[]): string[] {
  return problems.map(({ host, subject, given }) => `${host}: ${subject}: ${given}`);
}

function paragraph({ subject, expected, given, remedy }: Problem): string {
  return [`    ${subject}`, labelled("expected", expected), labelled("given", given), labelled("write", remedy)].join(
    "\n",
  );
}

/** A labelled text whose further lines stand below its first one. */
function labelled(label: string, text: string): string {
  const indent = " ".repeat(6);
  return `${indent}${label.padEnd(LABEL_WIDTH)}${text.split("\n").join(`\n${indent}${" ".repeat(LABEL_WIDTH)}`)}`;
}
