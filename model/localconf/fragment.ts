/** A job's existing local.conf text (`devstack.fragment`), taken apart so that it can be merged. */
import type { IniFileSection, LocalrcLine } from "./document.ts";
import { usedVariables } from "./expression.ts";
import type { Statement } from "./order.ts";
import { parseLocalConf } from "./parse.ts";
import { localrcLine } from "./render.ts";

/** What the fragment is called in messages; no variable can have this name. */
export const fragmentName = "devstack.fragment";

/** The ini sections of the fragment, comments included. */
export function fragmentSections(text: string | undefined): readonly IniFileSection[] {
  return parseLocalConf(text ?? "").sections.flatMap((section) => (section.kind === "ini" ? [section] : []));
}

/**
 * The localrc lines of the fragment as one statement: they stay together and in their order, as bash may branch or loop
 * in them. Undefined without any. It comes after ENABLED_SERVICES, which `enable_service` lines add to.
 */
export function fragmentStatement(text: string | undefined): Statement<LocalrcLine> | undefined {
  const lines = parseLocalConf(text ?? "").sections.flatMap((section) =>
    section.kind === "localrc" ? section.lines : [],
  );
  const written = lines.map(localrcLine);
  if (written.every((line) => line.trim() === "")) return undefined;
  const provides = written.flatMap((line) => assignedVariable(line) ?? []);
  const uses = ["ENABLED_SERVICES", ...lines.flatMap(lineUses)].filter((name) => !provides.includes(name));
  return { name: fragmentName, provides: [fragmentName, ...provides], uses, lines: withoutBlankEdges(lines) };
}

/** The variable a line of bash assigns; `+=` only adds to one. */
export function assignedVariable(line: string): string | undefined {
  return /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=/.exec(line)?.[1];
}

function lineUses(line: LocalrcLine): readonly string[] {
  if (line.kind === "variable" && typeof line.value === "string") return [];
  const text = localrcLine(line);
  const appended = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\+=/.exec(text)?.[1];
  return [...usedVariables(text), ...(appended === undefined ? [] : [appended])];
}

function withoutBlankEdges(lines: readonly LocalrcLine[]): readonly LocalrcLine[] {
  const isText = (line: LocalrcLine): boolean => localrcLine(line).trim() !== "";
  return lines.slice(lines.findIndex(isText), lines.findLastIndex(isText) + 1);
}
