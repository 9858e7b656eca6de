/** A local.conf as data: what `render.ts` writes and `parse.ts` reads. */
import type { DevstackPlugin, LocalrcValue } from "../settings.ts";
import type { SecretValue } from "./part.ts";

/** A whole local.conf. Blank lines and comments are lines like any other, so that text and document tell the same. */
export interface LocalConfDocument {
  /** Lines before the first section, as they stand; devstack does not read them. */
  readonly header: readonly string[];
  readonly sections: readonly LocalConfSection[];
}

/** The body of one `[[phase|file]]`. */
export type LocalConfSection = LocalrcSection | IniFileSection;

/** `[[local|localrc]]`: bash that devstack sources. */
export interface LocalrcSection {
  readonly kind: "localrc";
  readonly lines: readonly LocalrcLine[];
}

/** Any other `[[phase|file]]`: ini text that devstack merges into a file. */
export interface IniFileSection {
  readonly kind: "ini";
  /** devstack phase, e.g. `post-config`. */
  readonly phase: string;
  /** File as devstack names it, e.g. `$NEUTRON_CONF`. */
  readonly file: string;
  readonly lines: readonly IniLine[];
}

/** A value a localrc variable can have. */
export type VariableValue = LocalrcValue | SecretValue;

/** One line of localrc; `text` is everything that is neither a variable nor a plugin, as it stands. */
export type LocalrcLine =
  | { readonly kind: "variable"; readonly name: string; readonly value: VariableValue }
  | { readonly kind: "plugin"; readonly plugin: Pick<DevstackPlugin, "name" | "url" | "branch"> }
  | TextLine;

/** One line of an ini body; `text` is a comment, a blank line, or what devstack would skip. */
export type IniLine =
  | { readonly kind: "section"; readonly name: string }
  | { readonly kind: "option"; readonly key: string; readonly value: LocalrcValue }
  | TextLine;

/** A line kept as it stands. */
export interface TextLine {
  readonly kind: "text";
  readonly text: string;
}
