/**
 * How values are written so that bash and devstack read back exactly what was meant.
 *
 * localrc is sourced by bash. Ini values take another road (devstack, inc/meta-config): each becomes a line
 * `iniset FILE SECTION KEY "VALUE"`, which goes through `read` without `-r`, where a backslash is taken off, and
 * then through `eval`. So an ini value must survive double quotes both with and without that loss of backslashes.
 */
import type { LocalrcValue } from "../settings.ts";

/** Text that bash takes as it stands without quotes. */
const bareWord = /^[A-Za-z0-9_.,:/@%+-]+$/;

/** A line break, those of Unicode that JavaScript ends lines at included; NUL; or half of a surrogate pair. */
const unwritable = /[\0\n\r\u2028\u2029\p{Surrogate}]/u;

/** What an ini value cannot hold besides: devstack's `iniset` uses it as the delimiter of its sed command. */
const sedDelimiter = "\u0001";

/** A backslash for places where writing one would swallow what follows: awk prints the character of code 92. */
const printedBackslash = `$(awk 'BEGIN { printf "%c", 92 }')`;

/** Why a value cannot be written at all, or undefined when it can. */
export function unwritableReason(value: LocalrcValue, where: "localrc" | "ini" = "localrc"): string | undefined {
  const text = typeof value === "string" ? value : value.expr;
  if (unwritable.test(text)) {
    return "a single line of text: devstack reads local.conf line by line, so a value cannot hold a line break, NUL or half a character";
  }
  if (where === "ini" && (text.includes(sedDelimiter) || text !== text.trim())) {
    return "a text without U+0001 and without blanks at its ends: devstack's ini functions drop them";
  }
  return undefined;
}

/** A word of bash that means exactly `text`, quoted only where it must be. */
export function shellQuote(text: string): string {
  return bareWord.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The text a word written by `shellQuote` means, or undefined for any other bash. */
export function shellUnquote(word: string): string | undefined {
  const text = word.startsWith("'") ? word.slice(1, -1).replaceAll("'\\''", "'") : word;
  return shellQuote(text) === word ? text : undefined;
}

/** An ini value that devstack turns back into exactly `text`. */
export function escapeIni(text: string): string {
  return text
    .replace(/\\(?=[$`"\\]|$)/g, "\0")
    .replaceAll("\\", "\\\\")
    .replace(/[$`"]+/g, (run) => `"'${run}'"`)
    .replaceAll("\0", printedBackslash);
}

/** The text an ini value written by `escapeIni` means, or undefined for any other: an expression. */
export function unescapeIni(escaped: string): string | undefined {
  const text = escaped
    .replaceAll(printedBackslash, "\0")
    .replace(/"'([$`"]+)'"/g, "$1")
    .replaceAll("\\\\", "\\")
    .replaceAll("\0", "\\");
  return escapeIni(text) === escaped ? text : undefined;
}
