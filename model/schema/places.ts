/** Finding one's way through a schema and through raw values, along a path. */
import { z } from "zod";
import { type FieldFacts, fieldFacts } from "./fields.ts";
import type { Path } from "./write.ts";

/** The schema of a field, what the user is told about it, and where it is. */
export interface Place {
  readonly schema: z.ZodType;
  readonly facts: FieldFacts;
  readonly path: Path;
}

/**
 * The deepest field on the way to a path. What is inside a choice, or a list that has words of its own, belongs to the
 * field around it.
 */
export function fieldAt(schema: z.ZodType, path: Path, raw: unknown): Place {
  const start: Place = { schema, facts: factsOf(schema), path: [] };
  return path.reduce((place, key, index) => {
    const next = descend(place.schema, [key]);
    const isList = Array.isArray(valueAt(raw, place.path));
    if (next === undefined || place.path.length < index || (isList && !isListOfMappings(place.schema))) {
      return place;
    }
    return { schema: next, facts: factsOf(next), path: [...place.path, key] };
  }, start);
}

/** The schema under a path of mappings and lists of them; undefined where the path leaves them. */
export function descend(schema: z.ZodType, path: Path): z.ZodType | undefined {
  return path.reduce<z.ZodType | undefined>((current, key) => {
    const inner = current === undefined ? undefined : layers(current).at(-1);
    const next = inner === undefined ? undefined : under(inner, key);
    return next instanceof z.ZodType ? next : undefined;
  }, schema);
}

function under(schema: z.ZodType, key: string): unknown {
  if (schema instanceof z.ZodObject) return schema.shape[key];
  if (schema instanceof z.ZodRecord) return schema.valueType;
  return schema instanceof z.ZodArray && isListOfMappings(schema) ? schema.element : undefined;
}

/** Whether a list's elements are fields themselves: mappings, in a list without words of its own. */
function isListOfMappings(schema: z.ZodType): boolean {
  const inner = layers(schema).at(-1);
  return inner instanceof z.ZodArray && inner.element instanceof z.ZodObject && !fieldFacts.has(inner);
}

/** The keys a mapping knows; none when any name will do. */
export function keysOf(schema: z.ZodType | undefined): readonly string[] {
  const inner = schema === undefined ? undefined : layers(schema).at(-1);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

/** The schema of the keys of a mapping that takes any name of a kind. */
export function keySchemaOf(schema: z.ZodType | undefined): z.ZodType | undefined {
  const inner = schema === undefined ? undefined : layers(schema).at(-1);
  return inner instanceof z.ZodRecord && inner.keyType instanceof z.ZodType ? inner.keyType : undefined;
}

/** The raw value under a path. */
export function valueAt(raw: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => {
    if (Array.isArray(value)) return value[Number(key)];
    return isMapping(value) ? value[key] : undefined;
  }, raw);
}

/** Whether a raw value has keys. */
export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The facts of the outermost layer that has some; a mapping speaks of its keys by itself. */
function factsOf(schema: z.ZodType): FieldFacts {
  for (const layer of layers(schema)) {
    const facts = fieldFacts.get(layer);
    if (facts !== undefined) {
      return facts;
    }
  }
  if (isListOfMappings(schema)) {
    const element = descend(schema, ["0"]) ?? z.unknown();
    const expected = `a list of mappings with the keys ${keysOf(element).join(", ")}`;
    return { expected, example: [factsOf(element).example] };
  }
  return { expected: `a mapping with the keys ${keysOf(schema).join(", ")}`, example: {} };
}

/** A schema and all it is wrapped around by defaults and transformations, the innermost last. */
function layers(schema: z.ZodType): readonly z.ZodType[] {
  const inner = innerOf(schema);
  return inner instanceof z.ZodType ? [schema, ...layers(inner)] : [schema];
}

function innerOf(schema: z.ZodType): unknown {
  if (schema instanceof z.ZodPipe) {
    return schema.in instanceof z.ZodTransform ? schema.out : schema.in;
  }
  if (
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodExactOptional ||
    schema instanceof z.ZodReadonly
  ) {
    return schema.unwrap();
  }
  return undefined;
}
