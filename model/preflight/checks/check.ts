/** What a check of the pre-flight is: one file beside this one each, registered by one line in `index.ts`. */
import type { Expectations } from "../expectations.ts";
import type { HostFacts } from "../facts.ts";
import type { Problem } from "../problem.ts";

/** One host, and what is needed of it. */
export interface CheckContext {
  readonly name: string;
  /** Underlay address. */
  readonly address: string;
  /** Its key, and that of the jump host on the way to it, as in known_hosts: `<type> <base64>`. */
  readonly hostKeys: readonly string[];
  readonly facts: HostFacts;
  readonly expectations: Expectations;
  /** `<stack>-<id>` of this stack: what carries its mark may be there. */
  readonly environment: string;
}

/** Gives what is wrong; it never throws, whatever a host printed. */
export type Check = (context: CheckContext) => readonly Problem[];
