/** What a check of meaning is: a rule that a configuration of the right shape can still break. */
import type { Settings } from "../../settings.ts";
import type { Violation } from "../../violation.ts";

/** A rule about what the settings mean together. */
export interface Check {
  /** Paths whose values it judges by; it is left out when one of them has the wrong shape. */
  reads(settings: Settings): readonly string[];
  find(settings: Settings): readonly Violation[];
  /** True when it has nothing to add where a rule before it speaks of the same key, as that rule's fix heeds it. */
  readonly yields?: true;
}
