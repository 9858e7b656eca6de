/** The pieces a local.conf is put together from. */
import type { DevstackPlugin, LocalrcValue } from "../settings.ts";

/** Ini text for one file in one phase of devstack, as `[[phase|file]]` introduces it. */
export interface IniSection {
  /** devstack phase, e.g. `post-config`. */
  readonly phase: string;
  /** File as devstack names it, often a variable such as `$NEUTRON_CONF`. */
  readonly file: string;
  /** `[section]` → options, in order; a key may repeat with several values. */
  readonly options: readonly { readonly section: string; readonly key: string; readonly value: LocalrcValue }[];
}

/** A secret of the stack, by name: written as a placeholder in plans and state, as its value on the node only. */
export interface SecretValue {
  readonly secret: string;
}

/** One contribution to a node's local.conf. Later parts win where they set the same variable. */
export interface LocalConfPart {
  /** localrc variables. */
  readonly localrc: Readonly<Record<string, LocalrcValue | SecretValue>>;
  /** Services on top of the matrix. */
  readonly enableServices?: readonly string[];
  readonly disableServices?: readonly string[];
  readonly sections?: readonly IniSection[];
  /** Plugins, in the order of their `enable_plugin` lines. */
  readonly plugins?: readonly DevstackPlugin[];
}
