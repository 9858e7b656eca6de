/** Does what a violation tells the user to do, so that tests can prove that it helps. */
import { parse } from "yaml";
import { CONFIG_NAMESPACE } from "../../../model/schema/write.ts";
import type { Violation } from "../../../model/violation.ts";

type Mapping = Readonly<Record<string, unknown>>;

/** The configuration after the lines of `write` have taken the place of the key at `path`. */
export function applyFix(raw: Mapping, { path, write }: Violation): Mapping {
  const lines: unknown = parse(write) ?? {};
  if (!isMapping(lines) && !Array.isArray(lines)) {
    throw new TypeError(`expected lines of a mapping or an element of a list, given ${write}`);
  }
  return replaced(raw, keysOf(path), lines) as Mapping;
}

function replaced(mapping: unknown, [key = "", ...rest]: readonly string[], lines: Mapping | unknown[]): unknown {
  if (Array.isArray(mapping)) {
    const fixed = (element: unknown) => (rest.length > 0 ? replaced(element, rest, lines) : Object.values(lines)[0]);
    return mapping.map((element, index) => (index === Number(key) ? fixed(element) : element));
  }
  if (!isMapping(mapping)) return replaced({}, [key, ...rest], lines);
  if (rest.length > 0) {
    const inner = mapping[key];
    return { ...mapping, [key]: replaced(inner, rest, lines) };
  }
  const others = Object.entries(mapping).filter(([name]) => name !== key);
  const written = Object.entries(lines).map(([name, value]) => [name.replace(`${CONFIG_NAMESPACE}:`, ""), value]);
  return Object.fromEntries([...others, ...written]);
}

/** `sections.all["post-config|$X"].DEFAULT` → its keys. */
function keysOf(path: string): readonly string[] {
  return [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|[^.[\]]+/g)].map(([whole, quoted]) =>
    quoted === undefined ? whole : String(JSON.parse(`"${quoted}"`)),
  );
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
