/** Prints what a program said, without starting another program for it. */
import { type ShellText, sh } from "../remote/quote.ts";

/** Characters of it that are printed; less than a pipe takes in one piece, so that lines of many checks do not mix (pipe(7)). */
const shown = 2000;

/**
 * Defines a function `tell` for a script: prints its arguments and what is in the variable `said`, all in one line. It switches
 * off the expansion of file names, as what was said may look like them.
 */
export const defineTell: ShellText = sh`set -f
tell() { set -- "$*" $said; printf ${`%.${shown}s\\n`} "$*"; }`;
