/** What an inventory comes to, with files that are only texts here. */

import { type ResolvedInventory, resolveInventory } from "../../../../model/backends/inventory/resolve.ts";
import { optionsShape } from "../../../../model/backends/inventory/schema.ts";
import type { LocalFiles } from "../../../../model/local-files.ts";

/** Resolves `nodes.inventory` as the user writes it, on a machine with these files: absolute path → text. */
export function resolved(
  options: Readonly<Record<string, unknown>>,
  texts: Readonly<Record<string, string>> = {},
): ResolvedInventory {
  return resolveInventory(optionsShape.parse(options), machine(texts));
}

/** A machine with these files: absolute path → text. */
export function machine(texts: Readonly<Record<string, string>>): LocalFiles {
  return {
    absolute: (path) => (path.startsWith("/") ? path : `/project/${path}`),
    text: (path) => texts[path],
    isReadable: (path) => path in texts,
  };
}

/** Place and wish of everything that is wrong: `<path>: <expected>`. */
export function problemsOf({ problems }: ResolvedInventory): readonly string[] {
  return problems.map(({ path, expected }) => `${path}: ${expected}`);
}
