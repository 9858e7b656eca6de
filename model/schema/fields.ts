/**
 * The kinds of values a configuration is made of, each a zod schema that knows what to tell the user when a
 * value is wrong: what is expected in words, a value that works, and how the given value is mended.
 */
import { z } from "zod";
import { type Family, formatRange, parseRange, rangeOf } from "../addresses.ts";
import { nearest } from "./nearest.ts";

/** What the user is told about a field. */
export interface FieldFacts {
  /** What belongs there, in words; a `refine` of the schema may say it more precisely by its message. */
  readonly expected: string;
  /** A value that works. */
  readonly example: unknown;
  /** What the given value was probably meant to be; used when the schema takes it. */
  readonly repair?: (given: unknown) => unknown;
}

/** The facts of every field, by its schema. */
export const fieldFacts = z.registry<FieldFacts>();

/** Gives a schema the facts that its violations are worded with. */
export function field<Schema extends z.ZodType>(schema: Schema, facts: FieldFacts): Schema {
  fieldFacts.add(schema, facts);
  return schema;
}

/** A whole number within limits. */
export function integer(facts: {
  readonly what: string;
  readonly least: number;
  readonly most: number;
  readonly example: number;
}): z.ZodInt {
  return field(z.int().min(facts.least).max(facts.most), {
    expected: `${facts.what}: a whole number from ${facts.least} to ${facts.most}`,
    example: facts.example,
    repair: asNumber,
  });
}

/** True or false. */
export function flag(what: string, example: boolean): z.ZodBoolean {
  return field(z.boolean(), {
    expected: `${what}: true or false`,
    example,
    repair: (given) => {
      const word = asText(given)?.toLowerCase() ?? "";
      return (
        ["true", "yes", "on", "1"].includes(word) || (["false", "no", "off", "0"].includes(word) ? false : undefined)
      );
    },
  });
}

/** One of several names. */
export function oneOf<Name extends string>(names: readonly Name[], example: Name): z.ZodEnum<{ [Key in Name]: Key }> {
  return field(z.enum(names), {
    expected: names.length === 1 ? `${names[0]}, the only one there is` : `one of ${names.join(", ")}`,
    example,
    repair: (given) => (typeof given === "string" ? nearest(given, names) : undefined),
  });
}

/** Any text that is not empty. */
export function text(what: string, example: string): z.ZodString {
  return field(z.string().min(1), { expected: `${what}: a text`, example, repair: asText });
}

/** A list of texts; a single text is not one. */
export function texts(what: string, example: readonly string[]): z.ZodArray<z.ZodString> {
  return field(z.array(z.string().min(1)), {
    expected: `${what}: a list of names${example.length === 0 ? "" : ` such as [${example.join(", ")}]`}`,
    example,
    repair: asNames,
  });
}

/** Shortest and longest prefix a configured range may have, in bits: room for nodes, and no more than a private range. */
const prefixLimits = {
  IPv4: { shortest: 8, longest: 29 },
  IPv6: { shortest: 16, longest: 120 },
} as const satisfies Record<Family, { readonly shortest: number; readonly longest: number }>;

/** Ranges that no network of nodes or guests can use (RFC 6890, RFC 5771, RFC 4291). */
const specialRanges = [
  "0.0.0.0/8",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "224.0.0.0/3",
  "::/16",
  "fe80::/10",
  "ff00::/8",
].map(rangeOf);

/** A range of addresses as a CIDR of its network address; of one family, or of either. */
export function cidr(facts: {
  readonly what: string;
  readonly example: string;
  readonly family?: Family;
  /** Longest prefix in bits, where it is less than usual. */
  readonly longest?: number;
}): z.ZodString {
  const { what, example, family } = facts;
  const kind = family ?? "IPv4 or IPv6";
  const problem = (given: string): string | undefined => {
    const range = parseRange(given);
    if (range === undefined) {
      return `${what}: an ${kind} range such as ${example}`;
    }
    if (family !== undefined && range.family !== family) {
      return `${what}: an ${family} range such as ${example}; overlays carry ${family} only`;
    }
    const { shortest } = prefixLimits[range.family];
    const longest = facts.longest ?? prefixLimits[range.family].longest;
    if (range.prefixLength < shortest || range.prefixLength > longest) {
      return `${what}: a prefix from /${shortest} to /${longest}, such as ${example}`;
    }
    if (formatRange(range) !== given) {
      return `${what}: a range written by its network address, ${formatRange(range)}`;
    }
    if (
      specialRanges.some(
        (special) => special.family === range.family && special.first <= range.last && range.first <= special.last,
      )
    ) {
      return `${what}: a range for ordinary hosts such as ${example}; ${given} meets loopback, link-local, multicast or reserved addresses`;
    }
    return undefined;
  };
  const schema = z.string().superRefine((given, context) => {
    const message = problem(given);
    if (message !== undefined) {
      context.addIssue({ code: "custom", message });
    }
  });
  return field(schema, {
    expected: `${what}: an ${kind} range such as ${example}`,
    example,
    repair: (given) => {
      const range = parseRange(asText(given)?.trim() ?? "");
      return range === undefined ? undefined : formatRange(range);
    },
  });
}

/** A mapping with names for keys, and values of one kind. */
export function mapping<Value extends z.ZodType>(
  key: { readonly what: string; readonly pattern: RegExp; readonly repair: (given: string) => string },
  value: Value,
  expected: string,
): z.ZodRecord<z.ZodString, Value> {
  const keys = field(z.string().regex(key.pattern), {
    expected: key.what,
    example: undefined,
    repair: (given) => key.repair(String(given)),
  });
  return field(z.record(keys, value), { expected, example: {} });
}

/** A number, also one that is written as a text. */
export function asNumber(given: unknown): number | undefined {
  const isText = typeof given === "string" && given.trim() !== "";
  return isText || typeof given === "number" ? Number(given) : undefined;
}

/** A number or a truth value as the text that was probably meant; `True` and `False` as OpenStack writes them. */
export function asText(given: unknown): string | undefined {
  if (typeof given === "boolean") {
    return given ? "True" : "False";
  }
  return typeof given === "number" || typeof given === "string" ? String(given) : undefined;
}

/** What in a list, or in a text with spaces or commas, can be names. */
export function asNames(given: unknown): readonly string[] | undefined {
  if (Array.isArray(given)) {
    return given.map((element) => asText(element) ?? "").filter((name) => name !== "");
  }
  return typeof given === "string" ? given.split(/[\s,]+/).filter((name) => name !== "") : undefined;
}
