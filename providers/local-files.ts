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
    isThere,
    isReadable: (path) => attempt(() => accessSync(path, constants.R_OK) ?? statSync(path).isFile()) ?? false,
  };
}

function isThere(path: string): boolean {
  try {
    statSync(path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code !== "ENOENT" && code !== "ENOTDIR";
  }
}

/** What cannot be read has no text: the model says what it needs and why. */
function attempt<Result>(look: () => Result): Result | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
