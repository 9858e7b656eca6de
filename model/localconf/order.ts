/** Puts statements of localrc into an order in which bash has every variable before it is used. */

/** Something written in one piece: an assignment, or lines that belong together. */
export interface Statement<Line> {
  /** What messages about cycles call it. */
  readonly name: string;
  readonly provides: readonly string[];
  readonly uses: readonly string[];
  readonly lines: readonly Line[];
}

/** Statements in an order bash can evaluate, and what stands in the way of one. */
export interface Ordered<Line> {
  readonly statements: readonly Statement<Line>[];
  /** Names of statements that need each other, first and last the same; the order is right only without any. */
  readonly cycles: readonly (readonly string[])[];
}

/**
 * The statements in their given order, except that what a statement uses comes before it. Variables that none provides
 * are left to the environment and devstack.
 */
export function order<Line>(statements: readonly Statement<Line>[]): Ordered<Line> {
  const providers = new Map(statements.flatMap((statement) => statement.provides.map((name) => [name, statement])));
  const done = new Set<Statement<Line>>();
  const underWay: Statement<Line>[] = [];
  const cycles: string[][] = [];

  const place = (statement: Statement<Line>): void => {
    if (done.has(statement)) return;
    const start = underWay.indexOf(statement);
    if (start >= 0) {
      cycles.push([...underWay.slice(start), statement].map(({ name }) => name));
      return;
    }
    underWay.push(statement);
    for (const name of statement.uses) {
      const provider = providers.get(name);
      if (provider !== undefined) place(provider);
    }
    underWay.pop();
    done.add(statement);
  };

  for (const statement of statements) place(statement);
  return { statements: [...done], cycles };
}
