/** The one place where text becomes part of a shell command. */

/** Text that is already shell syntax: made by `sh` only. */
export class ShellText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a `sh` template: a word to quote, several words, or shell text made before. */
export type ShellPart = string | number | ShellText | readonly (string | number | ShellText)[];

/** Quotes one word for a POSIX shell. */
export function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * A piece of shell script. Everything interpolated is quoted as one word, or as one word each for a list; only
 * `ShellText` goes in as it is.
 */
export function sh(strings: TemplateStringsArray, ...parts: readonly ShellPart[]): ShellText {
  const text = strings.map((fixed, index) => fixed + (index < parts.length ? render(parts[index] ?? "") : "")).join("");
  return new ShellText(text);
}

/** Several pieces of script, a line each. */
export function lines(...pieces: readonly ShellText[]): ShellText {
  return new ShellText(pieces.map((piece) => piece.text).join("\n"));
}

/** A script in a shell of its own, whose end is not this one's; what it prints becomes exactly one line. */
export function oneLine(script: ShellText): ShellText {
  return sh`echo "$( ${script}\n)"`;
}

function render(part: ShellPart): string {
  if (part instanceof ShellText) return part.text;
  if (typeof part === "string" || typeof part === "number") return quoteWord(String(part));
  return part.map(render).join(" ");
}
