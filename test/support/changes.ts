/** Reads what `pulumi preview --json` says will happen. */

/** One thing a preview says will happen to a resource. */
export interface Change {
  /** `create`, `update`, `delete`, `replace`, … */
  readonly op: string;
  /** Logical name of the resource. */
  readonly name: string;
  /** Properties whose inputs differ, sorted; none for resources that come or go. */
  readonly properties: readonly string[];
}

/** A step of the preview. */
interface Step {
  readonly op: string;
  readonly urn: string;
  readonly oldState?: { readonly inputs?: Record<string, unknown> };
  readonly newState?: { readonly inputs?: Record<string, unknown> };
}

/** Operations that change nothing on any node. */
const QUIET = new Set(["same", "read", "refresh"]);

/** The changes of a preview, sorted by name; the stack itself and resources that stay are left out. */
export function changesOf(json: string): readonly Change[] {
  const { steps } = JSON.parse(json) as { steps?: Step[] };
  return summedUp(steps ?? []);
}

/** The changes that a run of `pulumi up --json` made, as `changesOf` gives those of a preview, without their properties. */
export function changesMade(output: string): readonly Change[] {
  const events = output.split("\n").flatMap((line) => (line.startsWith("{") ? [JSON.parse(line) as Event] : []));
  return summedUp(events.flatMap(({ resOutputsEvent }) => resOutputsEvent?.metadata ?? []));
}

/** An event of a run, as `pulumi up --json` prints them, one a line. */
interface Event {
  readonly resOutputsEvent?: { readonly metadata: { readonly op: string; readonly urn: string } };
}

/** One change a resource, whether the engine tells a replacement in one step or in its three. */
function summedUp(steps: readonly Step[]): readonly Change[] {
  const loud = steps.filter(({ op }) => !QUIET.has(op));
  return [...new Set(loud.map(({ urn }) => urn))]
    .map((urn) => ({ urn, own: loud.filter((step) => step.urn === urn) }))
    .map(({ urn, own }) => ({
      op: operationOf(own.map(({ op }) => op)),
      name: urn.split("::").at(-1) ?? "",
      properties: [...new Set(own.flatMap(changedInputs))].sort(),
    }))
    .toSorted((a, b) => `${a.name} ${a.op}`.localeCompare(`${b.name} ${b.op}`));
}

/** What was taken away because something under it is made anew, and does not come again, counts as deleted. */
function operationOf(ops: readonly string[]): string {
  if (ops.includes("replace")) return "replace";
  return ops.map((op) => (op === "delete-replaced" ? "delete" : op)).join(" and ");
}

/** Changes as lines, for assertions that read well: `update br-ex-primary`. */
export function changeLines(changes: readonly Change[]): readonly string[] {
  return changes.map(({ op, name }) => `${op} ${name}`);
}

function changedInputs({ oldState, newState }: Step): readonly string[] {
  const [olds, news] = [oldState?.inputs, newState?.inputs];
  if (olds === undefined || news === undefined) return [];
  const names = new Set([...Object.keys(olds), ...Object.keys(news)]);
  return [...names].filter((name) => JSON.stringify(olds[name]) !== JSON.stringify(news[name])).sort();
}
