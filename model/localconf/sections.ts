/** Merges ini sections of several sources into the bodies of a local.conf. */
import type { IniFileSection, IniLine } from "./document.ts";
import type { IniSection } from "./part.ts";

/** One file of one phase, with the lines of each `[section]`; the unnamed one holds what comes before the first. */
interface MergedFile {
  readonly phase: string;
  readonly file: string;
  readonly body: Map<string, readonly IniLine[]>;
}

/**
 * One body per `[[phase|file]]`, in order of first appearance. Where two sources set the same key of the same section, the
 * later one's values replace the earlier one's; a key that one source repeats keeps all its values.
 */
export function mergeSections(sources: readonly (readonly IniFileSection[])[]): readonly IniFileSection[] {
  const files = new Map<string, MergedFile>();
  for (const source of sources) {
    const spoken = new Set<string>();
    for (const { phase, file, lines } of source) {
      const head = `${phase}|${file}`;
      const merged = files.get(head) ?? { phase, file, body: new Map() };
      files.set(head, merged);
      let section = "";
      for (const line of lines) {
        if (line.kind === "section") section = line.name;
        else addLine(merged.body, section, line, spoken, head);
      }
    }
  }
  return [...files.values()].map(({ phase, file, body }) => ({ kind: "ini", phase, file, lines: bodyLines(body) }));
}

/** The form `mergeSections` takes, of sections that come from flavors and job settings. */
export function fromParts(sections: readonly IniSection[]): readonly IniFileSection[] {
  return sections.map(({ phase, file, options }) => ({
    kind: "ini",
    phase,
    file,
    lines: options.flatMap(({ section, key, value }): readonly IniLine[] => [
      { kind: "section", name: section },
      { kind: "option", key, value },
    ]),
  }));
}

/** `spoken` holds the keys the current source has set so far: its first word on a key replaces what others said. */
function addLine(body: MergedFile["body"], section: string, line: IniLine, spoken: Set<string>, head: string): void {
  const known = body.get(section) ?? [];
  if (line.kind !== "option") {
    body.set(section, [...known, line]);
    return;
  }
  const option = JSON.stringify([head, section, line.key]);
  const kept = spoken.has(option) ? known : known.filter((other) => other.kind !== "option" || other.key !== line.key);
  spoken.add(option);
  body.set(section, [...kept, line]);
}

/** Blank lines go: sections are set apart where the document is put together. */
function bodyLines(body: MergedFile["body"]): readonly IniLine[] {
  const sections = [...body].sort(([one], [other]) => Number(one !== "") - Number(other !== ""));
  return sections.flatMap(([name, lines]): readonly IniLine[] => [
    ...(name === "" ? [] : [{ kind: "section", name } as const]),
    ...lines.filter((line) => line.kind !== "text" || line.text.trim() !== ""),
  ]);
}
