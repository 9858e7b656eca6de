/** Files of this machine that a configuration may name. The model asks for them and never looks by itself. */

/** A look at this machine's files. */
export interface LocalFiles {
  /** A path as the user writes it (`~` for the home, relative to the project's folder) as an absolute one. */
  absolute(path: string): string;
  /** Text of the file at an absolute path; undefined where there is none that can be read. */
  text(path: string): string | undefined;
  /** Whether there is something at an absolute path, be it that this user cannot read it or not look that far. */
  isThere(path: string): boolean;
  /** Whether there is a file at an absolute path that this user can read; its text is not looked at. */
  isReadable(path: string): boolean;
}

/** A machine without any file, for configurations that name none. */
export const noFiles: LocalFiles = {
  absolute: (path) => path,
  text: () => undefined,
  isThere: () => false,
  isReadable: () => false,
};
