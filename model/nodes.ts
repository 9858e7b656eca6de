/** How the nodes of a stack are called and told apart: by their number, and by nothing else. */
import type { Role } from "./settings.ts";

/** Number of the primary. */
export const PRIMARY_NUMBER = 0;

/** A node's role by its number. */
export function roleOf(number: number): Role {
  return number === PRIMARY_NUMBER ? "primary" : "subnode";
}

/** `primary`, or `subnode-<number>`. */
export function nodeName(number: number): string {
  return number === PRIMARY_NUMBER ? "primary" : `subnode-${number}`;
}
