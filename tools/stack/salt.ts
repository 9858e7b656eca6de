/** The `encryptionsalt` that Pulumi writes into a stack's file on first use, and that is never committed. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { parse } from "yaml";

/** A stack file's text without its salt line; every other byte stays. */
export function withoutSalt(text: string): string {
  return text.replace(SALT_LINE, "");
}

/** A stack file's text with the salt that Pulumi wrote into its own rendering of it: Pulumi reformats what it rewrites. */
export function withSaltOf(text: string, rewritten: string): string {
  const [salt] = rewritten.match(SALT_LINE) ?? [""];
  return text === "" || text.endsWith("\n") ? `${text}${salt}` : `${text}\n${salt}`;
}

const SALT_LINE = /^encryptionsalt:[^\n]*(?:\n|$)/gm;

/**
 * Does what may make Pulumi write a salt into a stack's file; gives what `work` gives. The rest of the file stays as
 * it was, byte for byte, unless somebody else changed it meanwhile; where there was no file, none is made for a salt alone.
 */
export async function keepingTheRest<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  if (!existsSync(file)) {
    const result = await work();
    if (existsSync(file) && withoutSalt(readFileSync(file, "latin1")).trim() === "") rmSync(file);
    return result;
  }
  const before = readFileSync(file, "latin1");
  const result = await work();
  const after = readFileSync(file, "latin1");
  const onlySaltIsNew = withoutSalt(before) === before && isDeepStrictEqual(parse(withoutSalt(after)), parse(before));
  if (after !== before && onlySaltIsNew) writeFileSync(file, withSaltOf(before, after), "latin1");
  return result;
}

/** Takes the salt out of a stack's file; tells whether there was one. */
export function removeSalt(file: string): boolean {
  if (!existsSync(file)) return false;
  // latin1 maps every byte to a character and back: also a file that is not UTF-8 keeps its bytes.
  const text = readFileSync(file, "latin1");
  const rest = withoutSalt(text);
  if (rest === text) return false;
  writeFileSync(file, rest, "latin1");
  return true;
}

/** Whether a stack's file holds values encrypted with its salt. */
export function hasSecrets(file: string): boolean {
  return /^\s*(?:- )?["']?secure["']?:/m.test(readFileSync(file, "latin1"));
}
