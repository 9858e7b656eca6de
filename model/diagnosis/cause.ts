/** What a diagnosis gives: why checks failed, in words. */

/** A likely cause of failed checks, or the statement that none was found. */
export interface Cause {
  /** Nodes it concerns: one, or the two of a tunnel or a conflict. */
  readonly nodes: readonly string[];
  /** What is wrong: what was found and what the plan says. */
  readonly text: string;
  /** False where this only tells what was seen and nothing explains it. */
  readonly explains: boolean;
}

/** The causes as lines for a terminal; empty when there are none. */
export function renderCauses(causes: readonly Cause[]): string {
  if (causes.length === 0) return "";
  const list = causes.map(({ nodes, text }) => `  ${nodes.length === 0 ? "" : `${nodes.join(" and ")}: `}${text}`);
  return [causes.some(({ explains }) => explains) ? "likely causes:" : "no cause found:", ...list].join("\n");
}
