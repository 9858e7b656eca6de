/** Reads the text of a local.conf, ours or anyone's. */
import type { IniFileSection, IniLine, LocalConfDocument, LocalConfSection, LocalrcLine } from "./document.ts";
import { shellUnquote, unescapeIni } from "./quoting.ts";
import { iniLine, localrcLine } from "./render.ts";
import { secretPlaceholder } from "./secrets.ts";

/** Head of a section, as devstack's awk finds it (inc/meta-config): only the first word of the line counts. */
const sectionHead = /^\[\[([^\s|[\]]+)\|([^\s|[\]]*)\]\]$/;

/**
 * The document a text says. Lines that are not in the form `renderLocalConf` writes are kept as they stand, so that writing
 * the document again gives the same text (with a line break at its end).
 */
export function parseLocalConf(text: string): LocalConfDocument {
  const header: string[] = [];
  const sections: LocalConfSection[] = [];
  let take: (line: string) => void = (line) => header.push(line);
  for (const line of lines(text)) {
    const [, phase, file] = sectionHead.exec(line) ?? [];
    if (phase === undefined || file === undefined) take(line);
    else if (phase === "local" && file === "localrc") {
      const body: LocalrcLine[] = [];
      sections.push({ kind: "localrc", lines: body });
      take = (bodyLine) => body.push(parseLocalrcLine(bodyLine));
    } else {
      const body: IniLine[] = [];
      sections.push({ kind: "ini", phase, file, lines: body } satisfies IniFileSection);
      take = (bodyLine) => body.push(parseIniLine(bodyLine));
    }
  }
  return { header, sections };
}

function lines(text: string): readonly string[] {
  const all = text.split("\n");
  return all.at(-1) === "" ? all.slice(0, -1) : all;
}

/** One line of localrc; anything that would not be written the same way is text. */
function parseLocalrcLine(text: string): LocalrcLine {
  const parsed = parseAssignment(text) ?? parsePlugin(text);
  return parsed !== undefined && localrcLine(parsed) === text ? parsed : { kind: "text", text };
}

function parseAssignment(text: string): LocalrcLine | undefined {
  const [, name, word] = /^([A-Za-z_][A-Za-z0-9_]*)=(.+)$/.exec(text) ?? [];
  if (name === undefined || word === undefined) return undefined;
  if (word === secretPlaceholder(name)) return { kind: "variable", name, value: { secret: name } };
  const expression = /^"((?:[^"\\]|\\.)*)"$/.exec(word)?.[1];
  const value = expression === undefined ? shellUnquote(word) : { expr: expression };
  return value === undefined ? undefined : { kind: "variable", name, value };
}

function parsePlugin(text: string): LocalrcLine | undefined {
  const [command, name, url, branch, ...rest] = text.split(" ");
  if (command !== "enable_plugin" || name === undefined || url === undefined || rest.length > 0) return undefined;
  return { kind: "plugin", plugin: { name, url, ...(branch === undefined ? {} : { branch }) } };
}

/** One line of an ini body; anything that would not be written the same way is text. */
function parseIniLine(text: string): IniLine {
  const parsed = parseIniSection(text) ?? parseOption(text);
  return parsed !== undefined && iniLine(parsed) === text ? parsed : { kind: "text", text };
}

function parseIniSection(text: string): IniLine | undefined {
  const name = /^\[([^[\]\s]+)\]\s*$/.exec(text)?.[1];
  return name === undefined ? undefined : { kind: "section", name };
}

function parseOption(text: string): IniLine | undefined {
  const [, key, value] = /^([^\s#[=][^=]*?)[ \t]*=[ \t]*(.*?)[ \t]*$/.exec(text) ?? [];
  if (key === undefined || value === undefined) return undefined;
  return { kind: "option", key, value: unescapeIni(value) ?? { expr: value } };
}
