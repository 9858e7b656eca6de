/** The files of this machine that a configuration names. */
import { accessSync, constants, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { LocalFiles } from "../model/local-files.ts";

/**
 * A look at this machine's files.
 *
 * @param project absolute path of the project's folder, which relative paths begin at
 */
export function localFiles(project: string): LocalFiles {
  return {
    absolute: (path) => (/^~(?=\/|$)/.test(path) ? join(homedir(), path.slice(1)) : resolve(project, path)),
    text: (path) => attempt(() => readFileSync(path, "utf8")),
    isReadable: (path) => attempt(() => accessSync(path, constants.R_OK) ?? statSync(path).isFile()) ?? false,
  };
}

/** What cannot be read counts as not there: the model says what it needs and why. */
function attempt<Result>(look: () => Result): Result | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
