/** What is wrong in a configuration, and the error that carries all of it to the user. */

/** One thing wrong in a configuration: where, what was expected, what was given, and what to write instead. */
export interface Violation {
  /** Property path as the user writes it, e.g. `nodes.lab.underlay`. */
  readonly path: string;
  readonly expected: string;
  /** The offending value, as text. */
  readonly given: string;
  /**
   * YAML to put in place of the key at `path`, e.g. `underlay: 10.20.0.0/16`: one or more lines for the
   * mapping that holds the key, or only a comment where the key has to go.
   */
  readonly write: string;
}

/** A user's mistake: everything that is wrong in one configuration, in one message. */
export class ConfigError extends Error {
  /** Ordered by path. */
  readonly violations: readonly Violation[];

  /** @param subject What is wrong, e.g. `The configuration of stack "gate"`. */
  constructor(subject: string, violations: readonly Violation[]) {
    const sorted = violations.toSorted((a, b) => compareTexts(a.path, b.path));
    super(describeViolations(subject, sorted));
    this.name = "ConfigError";
    this.violations = sorted;
  }
}

/** The readable list of violations: a headline, then a paragraph for each. */
export function describeViolations(subject: string, violations: readonly Violation[]): string {
  const count = violations.length === 1 ? "1 mistake" : `${violations.length} mistakes`;
  const paragraphs = violations.map(({ path, expected, given, write }) =>
    [`  ${path}`, labelled("expected", expected), labelled("given", given), labelled("write", write)].join("\n"),
  );
  return [`${subject} has ${count}:`, ...paragraphs].join("\n\n");
}

const LABEL_WIDTH = 10;

/** A labelled text whose further lines stand below its first one. */
function labelled(label: string, text: string): string {
  const indent = " ".repeat(4);
  const hanging = `\n${indent}${" ".repeat(LABEL_WIDTH)}`;
  return `${indent}${label.padEnd(LABEL_WIDTH)}${text.split("\n").join(hanging)}`;
}

/** An order of texts that does not depend on the machine's locale. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
