/** What is wrong with a host, from what was found on it. */
import type { CheckContext } from "./checks/check.ts";
import { checks } from "./checks/index.ts";
import type { Problem } from "./problem.ts";

/** Every problem of one host, in the order of the checks. */
export function problemsOf(context: CheckContext): readonly Problem[] {
  return checks.flatMap((check) => check(context));
}
