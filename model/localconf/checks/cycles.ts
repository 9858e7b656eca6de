/** localrc variables whose expressions need each other, in no order that bash could evaluate. */
import { assignment, pathText, shown } from "../../schema/write.ts";
import type { Audience, Role, Settings } from "../../settings.ts";
import type { Violation } from "../../violation.ts";
import { cycleText, localrcCycles, ownParts } from "../assemble.ts";
import { usedVariables } from "../expression.ts";
import { sampleContext } from "../sample-context.ts";

/** One violation for each cycle, at the job's first part in it. */
export function cycleViolations(settings: Settings): readonly Violation[] {
  const roles: readonly Role[] = ["primary", "subnode"];
  const found = roles.flatMap((role) =>
    localrcCycles(sampleContext(settings, role)).map((cycle) => violation(settings, role, cycle)),
  );
  return [...new Map(found.map((each) => [JSON.stringify(each), each])).values()];
}

function violation(settings: Settings, role: Role, cycle: readonly string[]): Violation {
  const expected = `variables that do not need each other, unlike ${cycleText(cycle)}`;
  const { localrc, fragment = "" } = settings.devstack;
  const name = cycle.find((variable) => variable in localrc.all || variable in localrc[role]);
  if (name === undefined) {
    const isPartOf = (line: string): boolean => usedVariables(line).some((variable) => cycle.includes(variable));
    const lines = fragment.split("\n");
    return {
      path: "devstack.fragment",
      expected,
      given: lines.filter(isPartOf).join("; "),
      write: assignment(["devstack", "fragment"], lines.filter((line) => !isPartOf(line)).join("\n")),
    };
  }
  const audience: Audience = name in localrc[role] ? role : "all";
  const path = ["devstack", "localrc", audience, name];
  return {
    path: pathText(path),
    expected,
    given: shown(localrc[audience][name], path),
    write: assignment(path, literalDefault(settings, role, name)),
  };
}

/** What the variable is without the job's doing, where that is a plain text. */
function literalDefault(settings: Settings, role: Role, name: string): string {
  const values = ownParts(sampleContext(settings, role)).map(({ localrc }) => localrc[name]);
  const value = values.findLast((each) => each !== undefined);
  return typeof value === "string" ? value : "";
}
