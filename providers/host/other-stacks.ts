/**
 * Finds other stacks on a host by their marks: what one stack did to a host no other may change, and two stacks' overlays would
 * want bridges of the same names.
 */

import { markOf } from "../drivers/openvswitch-marks.ts";
import { parseTable, settingsMap } from "../drivers/ovsdb.ts";
import { ForeignObject, parseMark } from "../mark.ts";
import type { NodeHandle } from "../remote/node-handle.ts";
import { lines, type ShellText, sh } from "../remote/quote.ts";
import { run } from "../remote/run.ts";
import { records } from "./prelude.ts";

/** Seconds that Open vSwitch, where there is one, may take to tell of what it holds. */
const switchSeconds = 5;

/** Things with another stack's mark that an error names at most. */
const shownThings = 4;

/** Another stack that a host carries marks of. */
export interface OtherStack {
  /** `<stack>-<id>`: the stack, and the id of its state. */
  readonly environment: string;
  /** Name of the stack. */
  readonly stack: string;
  /** What carries its marks, each once: `bridge br-ex`, `/var/lib/devstack-multinode/gate-1a2b3c`. */
  readonly things: readonly string[];
}

/** Tables of Open vSwitch whose rows carry marks, with what a row is called. */
const tables = { bridge: "bridge", interface: "port" } as const;

/**
 * A script that prints what may carry a mark of ours, a line each: `record <environment>` for what host preparation keeps,
 * `bridge` and `interface` with Open vSwitch's tables as JSON, `link <name> <alias>` for interfaces of the kernel, and
 * `user <name> <comment>`. It changes nothing; `findOtherStacks` reads it.
 */
export const listMarks: ShellText = lines(
  sh`for record in ${records}/*/; do [ ! -d "$record" ] || { record=\${record%/}; echo "record \${record##*/}"; }; done`,
  sh`if command -v ovs-vsctl >/dev/null; then for table in ${Object.keys(tables)}; do`,
  sh`  found=$(ovs-vsctl --timeout=${switchSeconds} --format=json --columns=name,external_ids list $table 2>/dev/null) && echo "$table $found"`,
  sh`done; fi`,
  sh`for link in /sys/class/net/*; do { read -r alias <"$link/ifalias" && echo "link \${link##*/} $alias"; } 2>/dev/null; done`,
  sh`getent passwd | cut -d: -f1,5 | sed 's/^/user /; s/:/ /'`,
);

/**
 * The stacks other than this one that a host carries marks of, from what `listMarks` printed there.
 *
 * @param environment `<stack>-<id>` of this stack
 */
export function findOtherStacks(output: string, environment: string): readonly OtherStack[] {
  const marked = output.split("\n").flatMap(marksOfLine);
  const others = [...new Set(marked.map((mark) => mark.environment))].filter((other) => other !== environment);
  return others.map((other) => ({
    environment: other,
    stack: other.slice(0, Math.max(0, other.lastIndexOf("-"))) || other,
    things: [...new Set(marked.filter((mark) => mark.environment === other).map(({ thing }) => thing))],
  }));
}

/** What stands on a host beside its name in errors about other stacks on it. */
export function describeOtherStacks(others: readonly OtherStack[]): string {
  return others
    .map(({ stack, environment, things }) => {
      const more = things.length > shownThings ? ` and ${things.length - shownThings} more` : "";
      return `stack "${stack}" (${environment}): ${things.slice(0, shownThings).join(", ")}${more}`;
    })
    .join("; ");
}

/**
 * Makes sure, changing nothing, that no other stack lives on a host. A node of the lab was booted for its stack and is not asked.
 *
 * @throws ForeignObject naming the host, the other stack and what carries its marks
 */
export async function refuseOtherStacks(node: NodeHandle, environment: string): Promise<void> {
  if (node.lab !== undefined) return;
  const step = "look for other stacks";
  const others = findOtherStacks(await run(node, step, listMarks), environment);
  if (others.length === 0) return;
  const removals = others.map(({ stack }) => `npm run destroy -- ${stack}`).join("; ");
  throw new ForeignObject(
    node.name,
    step,
    `the host ${node.host} carries the marks of another stack, and nothing was changed on it.
    expected  a host without another stack's marks
    given     ${describeOtherStacks(others)}
    write     ${removals}   (where that stack was made), or name another host; then run \`up\` again`,
  );
}

interface Marked {
  readonly environment: string;
  readonly thing: string;
}

function marksOfLine(line: string): readonly Marked[] {
  const [kind, name = "", ...rest] = line.split(" ");
  switch (kind) {
    case "record":
      return [{ environment: name, thing: `${records}/${name}` }];
    case "bridge":
    case "interface":
      return parseTable(line.slice(kind.length)).flatMap((row) =>
        marked(`${tables[kind]} ${row.name}`, markOf(settingsMap(row.external_ids))),
      );
    case "link":
    case "user":
      return marked(`${kind === "link" ? "interface" : kind} ${name}`, parseMark(rest.join(" ")));
    default:
      return [];
  }
}

function marked(thing: string, mark: { readonly environment: string } | undefined): readonly Marked[] {
  return mark === undefined ? [] : [{ environment: mark.environment, thing }];
}
