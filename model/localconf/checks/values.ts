/** Values of a job that a local.conf cannot hold, or that devstack would read as something else. */
import { nearest } from "../../schema/nearest.ts";
import { assignment, pathText, shown } from "../../schema/write.ts";
import type { Audience, LocalrcValue, Settings } from "../../settings.ts";
import type { Violation } from "../../violation.ts";
import { expressionFault } from "../expression.ts";
import type { IniSection } from "../part.ts";
import { unwritableReason } from "../quoting.ts";

/** Phases in which devstack merges ini sections (stack.sh), in their order. */
export const phases = ["post-config", "extra", "post-extra", "test-config"] as const;

/** A section or key that goes through devstack's shell and sed unharmed; it may be a variable. */
const iniName = /^[A-Za-z0-9_.:@+${}-]+$/;

const audiences: readonly Audience[] = ["all", "primary", "subnode"];

/** Everything wrong with localrc variables, ini options and secrets of the job. */
export function valueViolations({ devstack }: Settings): readonly Violation[] {
  return [
    ...audiences.flatMap((audience) =>
      Object.entries(devstack.localrc[audience]).flatMap(([name, value]) =>
        valueViolation(["devstack", "localrc", audience, name], value, "localrc"),
      ),
    ),
    ...audiences.flatMap((audience) =>
      devstack.sections[audience].flatMap((section) => sectionViolations(["devstack", "sections", audience], section)),
    ),
    ...Object.entries(devstack.secrets).flatMap(([name, value]) => secretViolation(name, value)),
  ];
}

function valueViolation(path: readonly string[], value: LocalrcValue, where: "localrc" | "ini"): readonly Violation[] {
  const unwritable = unwritableReason(value, where);
  const fault = typeof value === "string" ? undefined : expressionFault(value.expr);
  const violation = (expected: string, mended: LocalrcValue): Violation => ({
    path: pathText(path),
    expected,
    given: shown(value, path),
    write: assignment(path, mended),
  });
  if (unwritable !== undefined) {
    return [violation(unwritable, typeof value === "string" ? oneLine(value) : { expr: oneLine(value.expr) })];
  }
  if (typeof value === "string" || fault === undefined) return [];
  return [
    violation(
      `an expression that bash can expand inside double quotes (here is ${fault}), or a literal text`,
      value.expr,
    ),
  ];
}

function oneLine(text: string): string {
  return text
    .replace(/[\n\r\u2028\u2029]+/g, " ")
    .replace(/[\p{Cc}\p{Surrogate}]/gu, "")
    .trim();
}

function sectionViolations(path: readonly string[], section: IniSection): readonly Violation[] {
  const { phase, file, options } = section;
  const filePath = [...path, `${phase}|${file}`];
  const misnamed = misnamedFile(filePath, section);
  const sections = [...new Set(options.map((option) => option.section))];
  return [
    ...misnamed,
    ...sections
      .filter((name) => !iniName.test(name))
      .map((name) => nameViolation([...filePath, name], bodyOf(options.filter((option) => option.section === name)))),
    ...options.flatMap(({ section: name, key, value }) => {
      const optionPath = [...filePath, name, key];
      return iniName.test(key) ? valueViolation(optionPath, value, "ini") : [nameViolation(optionPath, value)];
    }),
  ];
}

/** The phase is one of devstack's, the file one word of text or variables. */
function misnamedFile(path: readonly string[], { phase, file, options }: IniSection): readonly Violation[] {
  const isPhase = phases.some((known) => known === phase);
  if (isPhase && /^[^\s|[\]\\]+$/.test(file)) return [];
  const mendedPhase = isPhase ? phase : (nearest(phase, phases) ?? phases[0]);
  const mendedFile = file.replace(/[\s|[\]\\]+/g, "_");
  const sections = [...new Set(options.map(({ section }) => section))];
  const body = Object.fromEntries(
    sections.map((name) => [name, bodyOf(options.filter(({ section }) => section === name))]),
  );
  return [
    {
      path: pathText(path),
      expected: `phase|file, with one of devstack's phases ${phases.join(", ")} and a file without blanks or brackets`,
      given: `${phase}|${file}`,
      write: assignment([...path.slice(0, -1), `${mendedPhase}|${mendedFile}`], body),
    },
  ];
}

function nameViolation(path: readonly string[], value: unknown): Violation {
  const name = path.at(-1) ?? "";
  const mended = name.replace(/[^A-Za-z0-9_.:@+${}-]+/g, "_");
  return {
    path: pathText(path),
    expected: "a name of letters, digits and _ . : @ + - (or a variable): devstack's shell and sed take others apart",
    given: name,
    write: assignment([...path.slice(0, -1), mended], value),
  };
}

/** The options of one section as a user writes them. */
function bodyOf(options: IniSection["options"]): Readonly<Record<string, unknown>> {
  const keys = [...new Set(options.map(({ key }) => key))];
  return Object.fromEntries(
    keys.map((key) => {
      const values = options.filter((option) => option.key === key).map(({ value }) => value);
      return [key, values.length === 1 ? values[0] : values];
    }),
  );
}

function secretViolation(name: string, value: string): readonly Violation[] {
  const expected = unwritableReason(value);
  if (expected === undefined) return [];
  const path = ["devstack", "secrets", name];
  return [
    {
      path: pathText(path),
      expected,
      given: "<not shown>",
      write: `# ${name}: give it as one line, or leave it out to have one generated`,
    },
  ];
}
