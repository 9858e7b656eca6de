/** Ansible's inventories in its INI syntax. */
import { parse, YAMLParseError } from "yaml";
import type { Violation } from "../../violation.ts";
import { type AnsibleInventory, type Group, hostsOf, type Variable } from "./ansible.ts";
import { patternExpected, readPattern } from "./host-pattern.ts";
import { fileLine } from "./listed.ts";

/** Group of the hosts that stand before any section. */
const UNGROUPED = "ungrouped";

/** Reads an inventory: sections of hosts, `[name:vars]` and `[name:children]`. */
export function parseIniInventory(file: string, text: string): AnsibleInventory {
  const groups: Group[] = [];
  const problems: Violation[] = [];
  let section = { name: UNGROUPED, kind: "hosts" };
  for (const [index, whole] of text.split("\n").entries()) {
    const line = index + 1;
    const refuse = (expected: string, given: string, write: string): void => {
      problems.push({ path: fileLine(file, line), expected, given, write });
    };
    const content = whole.trim();
    if (content === "" || /^[#;]/.test(content)) continue;
    const header = /^\[([^\]:]+)(?::(\w+))?\](\s*[#;].*)?$/.exec(content);
    if (header !== null) {
      section = { name: (header[1] ?? "").trim(), kind: header[2] ?? "hosts" };
      if (!["hosts", "vars", "children"].includes(section.kind)) {
        refuse("a section [name], [name:vars] or [name:children]", content, `[${section.name}]`);
      }
      groups.push({ name: section.name, hosts: [], variables: new Map(), children: [] });
      continue;
    }
    if (/^\[[^\]]*(?:$|\](?:\s|$))/.test(content)) {
      refuse("a section [name], [name:vars] or [name:children]", content, "[subnodes]");
      continue;
    }
    const entry = { name: section.name, hosts: [], variables: new Map<string, Variable>(), children: [] };
    if (section.kind === "children") {
      groups.push({ ...entry, children: [wordsOf(content)[0] ?? ""] });
    } else if (section.kind === "vars") {
      const { name, value } = assignmentOf(content);
      if (value === undefined) refuse("a variable, name=value", content, `${name}=value`);
      // Unlike a host's, this line is not split into words: quotes inside a literal are the literal's.
      const written = value ?? "";
      const literal = literalOf(written);
      const known = { value: literal === written ? unquoted(written) : literal, line };
      groups.push({ ...entry, variables: new Map([[name, known]]) });
    } else {
      const [host = "", ...words] = wordsOf(content);
      const variables = words.map(assignmentOf);
      for (const { name, value } of variables) {
        if (value === undefined) refuse(`variables of ${host}, each name=value`, name, `${name}=value`);
      }
      const pattern = readPattern(host);
      if (pattern === undefined) refuse(patternExpected, host, "node[1:3]");
      const known = variables.map(({ name, value }) => [name, { value: literalOf(value ?? ""), line }] as const);
      groups.push({ ...entry, hosts: hostsOf(pattern ?? { names: [] }, line, new Map(known)) });
    }
  }
  return { groups, problems, write };
}

function write(name: string, value: unknown): string {
  if (typeof value === "object") return `${name}='${JSON.stringify(value)}'`;
  const text = String(value);
  return `${name}=${/\s/.test(text) ? JSON.stringify(text) : text}`;
}

function assignmentOf(text: string): { readonly name: string; readonly value?: string } {
  const at = text.indexOf("=");
  return at < 0 ? { name: text.trim() } : { name: text.slice(0, at).trim(), value: text.slice(at + 1).trim() };
}

/** The words of a line as a shell reads them: quotes hold together, and a word that begins with # ends the line. */
function wordsOf(line: string): readonly string[] {
  const words: string[] = [];
  for (const [word] of line.matchAll(/(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/g)) {
    if (word.startsWith("#")) break;
    words.push(unquoted(word));
  }
  return words;
}

/** A word without the quotes that hold it together. */
function unquoted(word: string): string {
  return word.replaceAll(
    /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/g,
    (_whole, single, double, escaped) => single ?? double?.replaceAll(/\\(["\\])/g, "$1") ?? escaped,
  );
}

/** A value that Ansible takes as a literal of Python's, which YAML reads alike; any other text, a template too, is itself. */
function literalOf(text: string): unknown {
  if (!/^(?:\{(?!\{)|\[)/.test(text)) return text;
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof YAMLParseError) return text;
    throw error;
  }
}
