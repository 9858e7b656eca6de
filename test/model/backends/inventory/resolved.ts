/** What an inventory comes to, with files that are only texts here. */

import { type ResolvedInventory, resolveInventory } from "../../../../model/backends/inventory/resolve.ts";
import { optionsShape } from "../../../../model/backends/inventory/schema.ts";
import type { LocalFiles } from "../../../../model/local-files.ts";

/** Stands for the text of a file that this user cannot read. */
export const unreadable = "(unreadable)";

/** Resolves `nodes.inventory` as the user writes it, on a machine with these files: absolute path → text. */
export function resolved(
  options: Readonly<Record<string, unknown>>,
  texts: Readonly<Record<string, string>> = {},
): ResolvedInventory {
  return resolveInventory(optionsShape.parse(options), machine(texts));
}

/** A machine with these files: absolute path → text; those of the text `unreadable` cannot be read. */
export function machine(texts: Readonly<Record<string, string>>): LocalFiles {
  const isReadable = (path: string): boolean => path in texts && texts[path] !== unreadable;
  return {
    absolute: (path) => (path.startsWith("/") ? path : `/project/${path}`),
    text: (path) => (isReadable(path) ? texts[path] : undefined),
    isThere: (path) => path in texts,
    isReadable,
  };
}

/** Place and wish of everything that is wrong: `<path>: <expected>`. */
export function problemsOf({ problems }: ResolvedInventory): readonly string[] {
  return problems.map(({ path, expected }) => `${path}: ${expected}`);
}
