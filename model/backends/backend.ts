/** What a node backend is to the plan: one file beside this one each, registered by one line in `index.ts`. */
import type { z } from "zod";
import type { LocalFiles } from "../local-files.ts";
import type { UnderlayFacts } from "../plan.ts";
import type { Violation } from "../violation.ts";

/** A node as its backend gives it. */
export interface Member {
  /** 0 for the primary, N for `subnode-N`. */
  readonly number: number;
  /** Underlay address, where it is known before any node exists. */
  readonly address?: string;
}

/** What a backend's settings say of the network between its nodes. */
export interface Underlay {
  /** CIDRs that no other range of the stack may meet. */
  readonly ranges: readonly string[];
  /** The key that sets the range, where a key does; e.g. `nodes.lab.underlay`. */
  readonly rangePath?: string;
  /** MTU and family, where they are known before any node exists. */
  readonly facts?: UnderlayFacts;
  /** The key that sets the MTU, where a key does. */
  readonly mtuPath?: string;
}

/** A source of test nodes. `Settings` is what its own part of `nodes` becomes. */
export interface Backend<Settings> {
  /** One line for tables and help. */
  readonly summary: string;
  /** The shape of its options under its name in `nodes`; made with the fields of `schema/fields.ts`. */
  readonly schema: z.ZodType<Settings>;
  /** The keys that say which nodes there are, e.g. `nodes.lab.subnodes`. */
  readonly memberPaths: readonly string[];
  /** The settings completed by the files they name, for a backend whose options name some. */
  withFiles?(settings: Settings, files: LocalFiles): Settings;
  /** All nodes, ordered by number; never throws for settings that have the right shape. */
  members(settings: Settings): readonly Member[];
  underlay(settings: Settings): Underlay;
  /**
   * Rules of its own that no single key can break.
   * @param used CIDRs of the stack's other ranges, which a proposed range leaves alone.
   */
  violations(settings: Settings, used: readonly string[]): readonly Violation[];
}
