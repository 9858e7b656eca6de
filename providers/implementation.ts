/** What the provider process calls for one kind of resource, and the helpers all implementations share. */
import { isDeepStrictEqual } from "node:util";

/** Inputs or outputs of a resource, as the engine passes them. */
export type Properties = Record<string, unknown>;

/** Answer of `check`. */
export interface Checked<Inputs> {
  inputs: Inputs;
  failures?: { property: string; reason: string }[];
}

/** Answer of `diff`; `changes` is always explicit, an absent one would make the engine compare everything itself. */
export interface Difference {
  changes: boolean;
  replaces?: string[];
  deleteBeforeReplace?: boolean;
}

/**
 * One kind of resource. `Inputs` is what the program gives, `Outputs` what is stored: the inputs and what was found
 * out. `read` reports the real thing as inputs and outputs, so that a preview can name the property that drifted, and
 * a blank id when it is gone.
 */
export interface Implementation<Inputs extends object, Outputs extends Inputs> {
  /** No I/O here: it runs in every preview. `olds` is nothing where the object is made, also where it is made anew. */
  check(olds: Inputs | undefined, news: Inputs): Promise<Checked<Inputs>>;
  /** No I/O here either. */
  diff(id: string, olds: Outputs, news: Inputs): Promise<Difference>;
  create(inputs: Inputs): Promise<{ id: string; outs: Outputs }>;
  read(id: string, outs: Outputs): Promise<{ id: string; props?: Outputs; inputs?: Inputs }>;
  update(id: string, olds: Outputs, news: Inputs): Promise<{ outs: Outputs }>;
  delete(id: string, outs: Outputs): Promise<void>;
}

/** What stands for a value that is not known yet, in `check` and `diff` of a preview (the SDK's `unknownValue`). */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether a value, or anything inside it, is not known yet. Such a value is never validated or compared. */
export function isUnknown(value: unknown): boolean {
  if (value === unknownValue) return true;
  if (Array.isArray(value)) return value.some(isUnknown);
  return typeof value === "object" && value !== null && Object.values(value).some(isUnknown);
}

/** Names of the properties that differ; one that is not known yet counts as different. */
export function changedProperties<Keys extends string>(
  olds: Partial<Record<Keys, unknown>>,
  news: Partial<Record<Keys, unknown>>,
  keys: readonly Keys[],
): Keys[] {
  return keys.filter((key) => isUnknown(news[key]) || !isDeepStrictEqual(olds[key], news[key]));
}

/**
 * The difference between what is recorded and what is wanted.
 *
 * @param replacing properties that need the object made anew; the old one goes first, as all our objects have fixed names
 * @param updating properties that change in place
 */
export function difference<Keys extends string>(
  olds: Partial<Record<Keys, unknown>>,
  news: Partial<Record<Keys, unknown>>,
  replacing: readonly Keys[],
  updating: readonly Keys[],
): Difference {
  const replaces = changedProperties(olds, news, replacing);
  const changes = replaces.length > 0 || changedProperties(olds, news, updating).length > 0;
  return { changes, replaces, deleteBeforeReplace: true };
}

/** A node, as far as a difference looks at it. */
interface Incarnate {
  incarnation: string;
}

/**
 * The difference of something that lives on a node, or on several: another incarnation of one needs it made anew, another way
 * to reach the same one is recorded.
 *
 * @param where the property that holds the node or the nodes
 */
export function differenceOnNodes<Where extends string, Keys extends string>(
  olds: Partial<Record<Keys, unknown>> & Record<Where, Incarnate | Incarnate[]>,
  news: Partial<Record<Keys, unknown>> & Record<Where, Incarnate | Incarnate[]>,
  where: Where,
  replacing: readonly Keys[],
  updating: readonly Keys[],
): Difference {
  const moved = isUnknown(news[where]) || !isDeepStrictEqual(incarnations(olds[where]), incarnations(news[where]));
  const replaces = [...(moved ? [where] : []), ...changedProperties(olds, news, replacing)];
  const updates = [...changedProperties(olds, news, [where]), ...changedProperties(olds, news, updating)];
  return { changes: replaces.length + updates.length > 0, replaces, deleteBeforeReplace: true };
}

function incarnations(nodes: Incarnate | Incarnate[]): string[] {
  return [nodes].flat().map(({ incarnation }) => incarnation);
}

/** Accepts the inputs as they are: what they mean has been checked by the plan. */
export async function accept<Inputs>(_olds: Inputs | undefined, news: Inputs): Promise<Checked<Inputs>> {
  return { inputs: news };
}

/** A blank id: the object is gone. */
export const gone = { id: "" } as const;

/** An error that makes the engine keep a half-made resource in the state, so that the next run can repair or remove it. */
export class PartlyDone extends Error {
  /** Resource id of what was begun. */
  readonly id: string;
  /** Outputs to record. */
  readonly properties: object;
  /** Why it is not whole, shown to the user. */
  readonly reasons: string[];

  constructor(id: string, properties: object, cause: Error) {
    super(cause.message, { cause });
    this.name = "PartlyDone";
    this.id = id;
    this.properties = properties;
    this.reasons = [cause.message];
  }
}
