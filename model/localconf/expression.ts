/** Expressions: bash that stands inside the double quotes of a value. */

/** What an opening mark in bash is closed by. */
const closings = { '"': '"', "`": "`", "$(": ")", "(": ")", "${": "}" } as const;

type Opening = keyof typeof closings;

/** A mark, an escaped character, or a text in single quotes, which only counts outside of double ones. */
const token = /\\[\s\S]|\$\(|\$\{|[`"'(){}\\]/g;

/**
 * What keeps an expression from standing inside the double quotes of one value, or undefined when nothing does: a quote
 * that would end it, something opened and not closed, a backslash that would swallow the closing quote.
 */
export function expressionFault(bash: string): string | undefined {
  const open: Opening[] = ['"'];
  token.lastIndex = 0;
  for (let found = token.exec(bash); found !== null; found = token.exec(bash)) {
    const [mark] = found;
    const inside = open.at(-1);
    if (mark === "\\") return "a backslash at its end";
    if (inside !== undefined && mark === closings[inside]) {
      open.pop();
      if (open.length === 0) return 'a " that ends it';
    } else if (mark === "'" && inside !== '"') {
      const end = bash.indexOf("'", token.lastIndex);
      if (end < 0) return "a ' that nothing closes";
      token.lastIndex = end + 1;
    } else if (isOpening(mark) && (mark !== "(" || inside !== '"')) {
      open.push(mark);
    }
  }
  const [, unclosed] = open;
  return unclosed === undefined ? undefined : `a ${unclosed} that nothing closes`;
}

function isOpening(mark: string): mark is Opening {
  return Object.hasOwn(closings, mark);
}

/** Names of the variables a piece of bash uses, in order of appearance; an escaped `\$` uses none. */
export function usedVariables(bash: string): readonly string[] {
  const names = bash.matchAll(/\\.|\$\{?[#!]?([A-Za-z_][A-Za-z0-9_]*)/g);
  return [...new Set([...names].flatMap(([, name]) => (name === undefined ? [] : [name])))];
}
