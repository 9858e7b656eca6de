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
  return (steps ?? [])
    .filter(({ op }) => !QUIET.has(op))
    .map((step) => ({ op: step.op, name: step.urn.split("::").at(-1) ?? "", properties: changedInputs(step) }))
    .toSorted((a, b) => `${a.name} ${a.op}`.localeCompare(`${b.name} ${b.op}`));
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
