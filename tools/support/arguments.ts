/** Command line arguments: read strictly, and explained when they are wrong. */

import { parseArgs } from "node:util";
import { closest } from "fastest-levenshtein";
import { UserError } from "./user-error.ts";

/** What a tool accepts. */
export interface ArgumentRules {
  /** Shown when the arguments are wrong, e.g. `npm run destroy [-- [<stack>] [--purge]]`. */
  readonly usage: string;
  /** Options with a value: name → the values known. */
  readonly choices?: Readonly<Record<string, readonly string[]>>;
  /** Options without a value. */
  readonly flags?: readonly string[];
  /** How many arguments without a dash are allowed; 0 when absent. */
  readonly positionals?: number;
}

/** Arguments as given, checked against the rules. */
export interface Arguments {
  readonly positionals: readonly string[];
  readonly choices: Readonly<Record<string, string | undefined>>;
  readonly flags: ReadonlySet<string>;
}

/** Reads arguments; everything wrong with them is one `UserError` that ends with the usage line. */
export function readArguments(args: readonly string[], rules: ArgumentRules): Arguments {
  const choiceRules = rules.choices ?? {};
  const flagNames = rules.flags ?? [];
  const options = Object.fromEntries([
    ...Object.keys(choiceRules).map((name) => [name, { type: "string" as const }] as const),
    ...flagNames.map((name) => [name, { type: "boolean" as const }] as const),
  ]);
  // Not strict: parseArgs would stop at the first mistake.
  const { tokens } = parseArgs({ args: [...args], options, allowPositionals: true, strict: false, tokens: true });
  const problems: string[] = [];
  const positionals: string[] = [];
  const choices: Record<string, string> = {};
  const flags = new Set<string>();
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const { name, rawName, value } = token;
    const known = choiceRules[name];
    if (known !== undefined) {
      if (value !== undefined && known.includes(value)) choices[name] = value;
      else problems.push(`${rawName}: ${unknownName(value ?? "nothing", known)}`);
    } else if (!flagNames.includes(name)) {
      problems.push(
        unknownName(
          rawName,
          Object.keys(options).map((option) => `--${option}`),
          "option",
        ),
      );
    } else if (value !== undefined) problems.push(`${rawName}: expected no value, given: ${value}`);
    else flags.add(name);
  }
  const surplus = positionals.slice(rules.positionals ?? 0);
  if (surplus.length > 0) problems.push(`expected no further argument; given: ${surplus.join(" ")}`);
  if (problems.length > 0) throw new UserError(`${problems.join("\n")}\nusage: ${rules.usage}`);
  return { positionals, choices, flags };
}

/** `expected one of a, b; given: aa; did you mean a?` A `kind` says of what, as in `expected no option` where none is known. */
export function unknownName(given: string, known: readonly string[], kind = "name"): string {
  if (known.length === 0) return `expected no ${kind}; given: ${given}`;
  return `expected one of ${known.join(", ")}; given: ${given}; did you mean ${closest(given, [...known])}?`;
}
