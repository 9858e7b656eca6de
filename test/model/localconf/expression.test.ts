// biome-ignore-all lint/suspicious/noTemplateCurlyInString: braces after a dollar are bash here, not JavaScript
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expressionFault, usedVariables } from "../../../model/localconf/expression.ts";

/** Whether bash can parse the expression inside the double quotes of one assignment. */
function bashParses(expressions: readonly string[]): readonly boolean[] {
  const script = expressions.map((_, index) => `bash -n <<<"A=\\"$${index + 1}\\"" 2>/dev/null; echo $?`).join("\n");
  const numbered = script.replace(/\$(\d+)\\/g, "$${$1}\\");
  const output = execFileSync("bash", ["-c", numbered, "bash", ...expressions], { encoding: "utf8" });
  return output
    .trimEnd()
    .split("\n")
    .map((status) => status === "0");
}

describe("an expression", () => {
  test.each([
    "$DEST/logs",
    "${A:-${B}}/$((1 + (2 * 3)))",
    '$(echo "a)" | tr -d ")")',
    "$(echo ')' | tr -d \"'\")",
    "`hostname` (it's) {here}",
    '\\"quoted\\"',
    "costs \\$5",
  ])("that bash can read is taken: %s", (bash) => {
    expect(expressionFault(bash)).toBeUndefined();
    expect(bashParses([bash])).toEqual([true]);
  });

  test.each(['say "hi', "$(hostname", "${A", "`hostname", "end\\", "$(echo ')"])(
    "that bash cannot read is refused: %s",
    (bash) => {
      expect(expressionFault(bash)).toBeDefined();
      expect(bashParses([bash])).toEqual([false]);
    },
  );

  test("that is taken never breaks the line it stands in", () => {
    const bash = fc.string({
      unit: fc.constantFrom('"', "'", "`", "\\", "$(echo ", ")", "${A}", "x", " "),
      maxLength: 8,
    });
    fc.assert(
      fc.property(fc.array(bash, { minLength: 1, maxLength: 30 }), (all) => {
        const taken = all.filter((each) => expressionFault(each) === undefined);
        expect(bashParses(taken.length === 0 ? ["x"] : taken)).not.toContain(false);
      }),
      { numRuns: 5 },
    );
  });

  test("names the variables it uses, but not escaped ones", () => {
    expect(usedVariables("$A/${B:-$C} ${#D} \\$E $1 $$ $A")).toEqual(["A", "B", "C", "D"]);
  });
});
