/** A host as its source lists it, before numbers and logins are filled in. */
import type { Violation } from "../../violation.ts";

/** What a source may say of a host, beside how it is called there. */
export interface ListedHost {
  /** Where the host stands, for messages. */
  readonly origin: Origin;
  readonly number?: number;
  /** Underlay address as written; checked later. */
  readonly address: string;
  /** Where SSH reaches it, when that is not the underlay address. */
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly identityFile?: string;
  readonly hostKey?: string;
}

/** The keys by which messages speak of a host's facts. */
export type HostKeyName = "number" | "address" | "host" | "port" | "user" | "identityFile" | "hostKey";

/** How messages speak of a host of a source. */
export interface Origin {
  /** Path in the configuration, or `<file>:<line>`, where one of its facts stands or would stand. */
  at(key: HostKeyName): string;
  /** What to write there to give the fact a value, in the source's own syntax. */
  write(key: HostKeyName, value: string | number): string;
}

/** What was read from a source. */
export interface Listing {
  /** The primary first, unless numbers say otherwise. */
  readonly hosts: readonly ListedHost[];
  /** Everything that is wrong in the source. */
  readonly problems: readonly Violation[];
}

/** A place in a file, as messages name it. */
export function fileLine(file: string, line: number): string {
  return `${file}:${line}`;
}

/** An address that stands as an example in a message; of the range for documentation (RFC 5737). */
export function exampleAddress(index: number): string {
  return `192.0.2.${10 + (index % 200)}`;
}
