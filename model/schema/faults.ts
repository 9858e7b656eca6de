/** From what zod refuses to what the user reads: violations with a fix each, and the configuration so mended. */
import type { z } from "zod";
import type { Violation } from "../violation.ts";
import { fieldFacts } from "./fields.ts";
import { nearest } from "./nearest.ts";
import { descend, fieldAt, isMapping, keySchemaOf, keysOf, type Place, valueAt } from "./places.ts";
import { assignment, type Path, pathText, shown } from "./write.ts";

/** One place where a value has the wrong shape. */
export interface Fault {
  readonly path: Path;
  readonly violation: Violation;
  /** What stands there instead once it is mended; a mistyped key has another name then. Absent: the key goes. */
  readonly fix?: { readonly key: string; readonly value: unknown };
}

/** Every fault of a raw value, one for each path. */
export function findFaults(schema: z.ZodType, raw: unknown): readonly Fault[] {
  const result = schema.safeParse(raw);
  if (result.success) {
    return [];
  }
  const faults = new Map<string, Fault>();
  for (const issue of result.error.issues) {
    for (const fault of faultsOf(issue, schema, raw)) {
      const text = pathText(fault.path);
      if (!faults.has(text)) {
        faults.set(text, fault);
      }
    }
  }
  const found = [...faults.values()];
  const renamed = found.filter(({ path, fix }) => fix !== undefined && fix.key !== path.at(-1)).map(mendedPath);
  return found.filter((fault) => !renamed.includes(pathText(fault.path)));
}

/** Where a fault's fix stands; a key that is missing there is so only because it is mistyped. */
function mendedPath({ path, fix }: Fault): string {
  return pathText([...path.slice(0, -1), fix?.key ?? ""]);
}

/** The raw value with every fault's fix in its place. */
export function mend(raw: unknown, faults: readonly Fault[]): unknown {
  return faults.reduce((mended, { path, fix }) => replaceAt(mended, path, fix), raw);
}

function faultsOf(issue: z.core.$ZodIssue, schema: z.ZodType, raw: unknown): readonly Fault[] {
  const path = issue.path.map(String);
  const place = fieldAt(schema, path, raw);
  const reached = place.path.length === path.length;
  if (issue.code === "unrecognized_keys" && reached) {
    return issue.keys.map((key) => unknownKey([...path, key], schema, raw));
  }
  if (issue.code === "invalid_key" && reached) {
    return [invalidKey(path, schema, raw)];
  }
  const given = valueAt(raw, place.path);
  const value = workingValue(place, given);
  return [
    {
      path: place.path,
      violation: {
        path: pathText(place.path),
        expected: issue.code === "custom" ? issue.message : place.facts.expected,
        given: shown(given, place.path),
        write: assignment(place.path, value),
      },
      fix: { key: place.path.at(-1) ?? "", value },
    },
  ];
}

/** A key that the mapping around it does not know. */
function unknownKey(path: Path, schema: z.ZodType, raw: unknown): Fault {
  const around = path.slice(0, -1);
  const key = path.at(-1) ?? "";
  const known = keysOf(descend(schema, around));
  const free = known.filter((name) => valueAt(raw, [...around, name]) === undefined);
  const meant = nearest(key, known);
  const given = valueAt(raw, path);
  const expected = `one of the keys ${known.join(", ")}`;
  if (meant === undefined || !free.includes(meant)) {
    const reason = meant === undefined ? "there is no such key" : `${meant} is there already`;
    return {
      path,
      violation: {
        path: pathText(path),
        expected,
        given: `${key}: ${shown(given, path)}`,
        write: withoutKey(key, reason),
      },
    };
  }
  const place = fieldAt(schema, [...around, meant], raw);
  const value = workingValue(place, given);
  return {
    path,
    violation: {
      path: pathText(path),
      expected: [`${expected}; the nearest is ${meant}`, ...innerExpectations(place, given)].join("\n"),
      given: `${key}: ${shown(given, [...around, meant])}`,
      write: assignment([...around, meant], value),
    },
    fix: { key: meant, value },
  };
}

/** What a value under a mistyped key gets wrong besides. */
function innerExpectations({ schema, facts }: Place, given: unknown): readonly string[] {
  if (schema.safeParse(given).success) {
    return [];
  }
  const inner = isMapping(given) ? findFaults(schema, given).map(({ violation }) => violation) : [];
  const located = inner.filter(({ path }) => path !== "").map(({ path, expected }) => `in it, ${path}: ${expected}`);
  return located.length === 0 ? [facts.expected] : located;
}

/** A key of a mapping with free names that is no name. */
function invalidKey(path: Path, schema: z.ZodType, raw: unknown): Fault {
  const around = path.slice(0, -1);
  const key = path.at(-1) ?? "";
  const keySchema = keySchemaOf(descend(schema, around));
  const facts = keySchema === undefined ? undefined : fieldFacts.get(keySchema);
  const name = String(facts?.repair?.(key) ?? "");
  const violation = { path: pathText(path), expected: facts?.expected ?? "another key", given: shown(key, []) };
  if (keySchema?.safeParse(name).success !== true || valueAt(raw, [...around, name]) !== undefined) {
    return { path, violation: { ...violation, write: withoutKey(key, "it is no name that can stand here") } };
  }
  const place = fieldAt(schema, [...around, name], raw);
  const value = workingValue(place, valueAt(raw, path));
  return {
    path,
    violation: { ...violation, write: assignment([...around, name], value) },
    fix: { key: name, value },
  };
}

/** What to write in place of a key that has to go. */
function withoutKey(key: string, reason: string): string {
  return `# no ${shown(key, [])}: ${reason}`;
}

/**
 * A value that the place takes: the given one when it is only in the wrong place, else what it was meant to be,
 * else itself with its inner faults mended, else the example.
 */
function workingValue({ schema, facts, path }: Place, given: unknown): unknown {
  // A fault of the whole value is none of its inside: looking there again would never end.
  const hasInside = path.length > 0 && isMapping(given);
  const candidates = [
    () => given,
    () => facts.repair?.(given),
    () => (hasInside ? mend(given, findFaults(schema, given)) : undefined),
  ];
  for (const candidate of given === undefined ? [] : candidates) {
    const value = candidate();
    if (value !== undefined && schema.safeParse(value).success) {
      return value;
    }
  }
  return facts.example;
}

/** The raw value with the key at a path gone, and its fix in its place. */
function replaceAt(raw: unknown, path: Path, fix: Fault["fix"]): unknown {
  const [key = "", ...rest] = path;
  if (Array.isArray(raw)) {
    const inner = (element: unknown) => (rest.length > 0 ? replaceAt(element, rest, fix) : fix?.value);
    return raw.map((element, index) => (index === Number(key) ? inner(element) : element));
  }
  const mapping = isMapping(raw) ? raw : {};
  if (rest.length > 0) {
    return { ...mapping, [key]: replaceAt(mapping[key], rest, fix) };
  }
  const others = Object.entries(mapping).filter(([name]) => name !== key);
  return Object.fromEntries(fix === undefined ? others : [...others, [fix.key, fix.value]]);
}
