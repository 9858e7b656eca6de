/** Writes a local.conf document as text. */
import type { IniLine, LocalConfDocument, LocalConfSection, LocalrcLine, VariableValue } from "./document.ts";
import { escapeIni, shellQuote } from "./quoting.ts";
import { secretPlaceholder } from "./secrets.ts";

/** The text of a local.conf, with placeholders for its secrets. The same document gives the same bytes. */
export function renderLocalConf(document: LocalConfDocument): string {
  return [...document.header, ...document.sections.flatMap(sectionLines)].map((line) => `${line}\n`).join("");
}

function sectionLines(section: LocalConfSection): readonly string[] {
  return section.kind === "localrc"
    ? ["[[local|localrc]]", ...section.lines.map(localrcLine)]
    : [`[[${section.phase}|${section.file}]]`, ...section.lines.map(iniLine)];
}

/** One line of localrc, as bash reads it. */
export function localrcLine(line: LocalrcLine): string {
  switch (line.kind) {
    case "variable":
      return `${line.name}=${variableText(line.value)}`;
    case "plugin": {
      const { name, url, branch } = line.plugin;
      return ["enable_plugin", name, url, ...(branch === undefined ? [] : [branch])].map(shellQuote).join(" ");
    }
    case "text":
      return line.text;
  }
}

function variableText(value: VariableValue): string {
  if (typeof value === "string") return shellQuote(value);
  return "secret" in value ? secretPlaceholder(value.secret) : `"${value.expr}"`;
}

/** One line of an ini body, as devstack's merge reads it. */
export function iniLine(line: IniLine): string {
  switch (line.kind) {
    case "section":
      return `[${line.name}]`;
    case "option":
      return `${line.key} = ${typeof line.value === "string" ? escapeIni(line.value) : line.value.expr}`;
    case "text":
      return line.text;
  }
}
