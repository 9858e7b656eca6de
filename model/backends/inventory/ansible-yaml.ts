/** Ansible's inventories in YAML, as Zuul writes them. */
import { isMap, isScalar, LineCounter, type Node, type Pair, parseDocument, stringify } from "yaml";
import type { Violation } from "../../violation.ts";
import { type AnsibleInventory, type Group, type GroupHost, hostsOf, type Variables } from "./ansible.ts";
import { patternExpected, readPattern } from "./host-pattern.ts";
import { fileLine } from "./listed.ts";

/** Reads an inventory; what is no mapping where there has to be one is told with its line. */
export function parseYamlInventory(file: string, text: string): AnsibleInventory {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const reader = new Reader(file, lines);
  for (const { message, pos } of document.errors) {
    reader.refuse(pos[0], "an Ansible inventory in YAML", message.split("\n")[0] ?? "", "valid YAML");
  }
  if (document.errors.length === 0) {
    for (const [name, node] of reader.pairs(document.contents, "groups")) reader.group(name, node);
  }
  return { groups: reader.groups, problems: reader.problems, write };
}

function write(name: string, value: unknown): string {
  return `${name}: ${stringify(value, { collectionStyle: "flow", lineWidth: 0 }).trimEnd()}`;
}

/** Collects what is found on a walk through the document. */
class Reader {
  readonly groups: Group[] = [];
  readonly problems: Violation[] = [];
  readonly #file: string;
  readonly #lines: LineCounter;

  constructor(file: string, lines: LineCounter) {
    this.#file = file;
    this.#lines = lines;
  }

  group(name: string, node: unknown): void {
    const parts = new Map(this.pairs(node, `hosts, vars and children of ${name}`).map(([key, value]) => [key, value]));
    const children = this.pairs(parts.get("children"), `groups in ${name}`);
    this.groups.push({
      name,
      hosts: this.hosts(parts.get("hosts"), name),
      variables: this.#variables(parts.get("vars"), `variables of ${name}`),
      children: children.map(([child]) => child),
    });
    for (const [child, inner] of children) this.group(child, inner);
  }

  /** Ansible takes a single name, too, where hosts belong. */
  hosts(node: unknown, group: string): readonly GroupHost[] {
    if (isScalar(node) && typeof node.value === "string") {
      return this.#hostsOf(node.value, this.#line(node.range?.[0]), new Map());
    }
    return this.pairs(node, `hosts of ${group}`).flatMap(([name, value, line]) =>
      this.#hostsOf(name, line, this.#variables(value, `variables of ${name}`)),
    );
  }

  #hostsOf(name: string, line: number, variables: Variables): readonly GroupHost[] {
    const pattern = readPattern(name);
    if (pattern !== undefined) return hostsOf(pattern, line, variables);
    this.problems.push({
      path: fileLine(this.#file, line),
      expected: patternExpected,
      given: name,
      write: "node[1:3]:",
    });
    return [];
  }

  #variables(node: unknown, what: string): Variables {
    return new Map(this.pairs(node, what).map(([name, value, line]) => [name, { value: plain(value), line }] as const));
  }

  /** The entries of a mapping with the lines they begin in; nothing where nothing is written. */
  pairs(node: unknown, what: string): readonly (readonly [string, unknown, number])[] {
    if (node === null || node === undefined || (isScalar(node) && node.value === null)) return [];
    if (!isMap(node)) {
      const { range } = node as Node;
      const given = JSON.stringify(plain(node)) ?? "";
      this.refuse(range?.[0], `a mapping: the ${what}`, given, "name:");
      return [];
    }
    return node.items.map((pair: Pair) => {
      const key = pair.key as Node;
      return [String(plain(key)), pair.value, this.#line(key.range?.[0])] as const;
    });
  }

  refuse(offset: number | undefined, expected: string, given: string, write: string): void {
    this.problems.push({ path: fileLine(this.#file, this.#line(offset)), expected, given, write });
  }

  #line(offset = 0): number {
    return this.#lines.linePos(offset).line || 1;
  }
}

/** The value of a node as JavaScript has it. */
function plain(node: unknown): unknown {
  return typeof node === "object" && node !== null && "toJSON" in node && typeof node.toJSON === "function"
    ? node.toJSON()
    : node;
}
