/** Reads the JSON that `ovs-vsctl --format=json` prints (RFC 7047, section 5.1). */

/** One row of a table, by column. */
export type Row = Record<string, unknown>;

/** The rows of a printed table; none for empty text. */
export function parseTable(text: string): Row[] {
  if (text.trim() === "") return [];
  const { headings, data } = JSON.parse(text) as { headings: string[]; data: unknown[][] };
  return data.map((values) => Object.fromEntries(headings.map((heading, index) => [heading, values[index]])));
}

/** A map column as an object. */
export function settingsMap(value: unknown): Record<string, string> {
  const pairs = Array.isArray(value) && value[0] === "map" ? (value[1] as [string, string][]) : [];
  return Object.fromEntries(pairs);
}

/** The value of a column that may be empty, which is printed as an empty set. */
export function optional(value: unknown): unknown {
  return Array.isArray(value) && value[0] === "set" ? undefined : value;
}
