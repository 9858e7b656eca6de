/** Puts a node's local.conf together: base, flavor, the job's fragment, the job's overrides; later ones win. */
import type { LocalConfContext } from "../flavors/flavor.ts";
import { flavors } from "../flavors/index.ts";
import { knownRelease } from "../services/releases.ts";
import { basePart } from "./base.ts";
import type { LocalConfDocument, LocalrcLine, TextLine, VariableValue } from "./document.ts";
import { usedVariables } from "./expression.ts";
import { fragmentName, fragmentSections, fragmentStatement } from "./fragment.ts";
import { order, type Statement } from "./order.ts";
import type { LocalConfPart } from "./part.ts";
import { isSecret } from "./secrets.ts";
import { fromParts, mergeSections } from "./sections.ts";
import { nodeServices } from "./services.ts";

/**
 * The local.conf of one node; with `extra`, a part that wins over the flavor's and yields to the job's. The settings must
 * be free of violations (`devstackViolations`); throws when they are not.
 */
export function localConf(context: LocalConfContext, extra: LocalConfPart = { localrc: {} }): LocalConfDocument {
  const { settings, node } = context;
  const parts = [...ownParts(context), extra];
  const { all, [node.role]: own } = settings.devstack.sections;
  const ini = mergeSections([
    ...parts.map(({ sections = [] }) => fromParts(sections)),
    fragmentSections(settings.devstack.fragment),
    fromParts(all),
    fromParts(own),
  ]);
  const { statements, cycles } = order(localrcStatements(context, parts));
  if (cycles.length > 0) throw new Error(`localrc variables need each other: ${cycles.map(cycleText).join("; ")}`);
  const localrc = statements.flatMap(({ lines }) => lines);
  return {
    header: [...header(context), ""],
    sections: [
      { kind: "localrc", lines: ini.length > 0 ? [...localrc, blankLine] : localrc },
      ...ini.map((section, index) => ({
        ...section,
        lines: index < ini.length - 1 ? [...section.lines, blankLine] : section.lines,
      })),
    ],
  };
}

/** Variables of a node's localrc that need each other, as lists of names; `localConf` can write none of these. */
export function localrcCycles(context: LocalConfContext): readonly (readonly string[])[] {
  return order(localrcStatements(context, ownParts(context))).cycles;
}

/** A cycle as messages show it. */
export function cycleText(cycle: readonly string[]): string {
  return cycle.join(" → ");
}

/** What a node gets without the job's doing. */
export function ownParts(context: LocalConfContext): readonly LocalConfPart[] {
  return [basePart(context), flavors[context.settings.flavor].localConf(context)];
}

const blankLine: TextLine = { kind: "text", text: "" };

function header({ settings, node }: LocalConfContext): readonly string[] {
  const { stack, flavor, devstack } = settings;
  return [
    `# local.conf of ${node.name} in stack ${stack}: flavor ${flavor}, release ${devstack.release}.`,
    "# Made by devstack-multinode. An edit here is drift that `pulumi up --refresh` takes back:",
    "# change the stack's configuration under devstack instead.",
  ];
}

/** Everything in localrc, one statement for each variable; the fragment stays in one piece. */
function localrcStatements(
  context: LocalConfContext,
  parts: readonly LocalConfPart[],
): readonly Statement<LocalrcLine>[] {
  const fragment = fragmentStatement(context.settings.devstack.fragment);
  const inFragment = new Set(fragment?.provides);
  const own: Readonly<Record<string, VariableValue>> = Object.assign({}, ...parts.map(({ localrc }) => localrc));
  const job = jobVariables(context);
  const plainly = ([name]: readonly [string, VariableValue]): boolean => !inFragment.has(name);
  const ownServices =
    "ENABLED_SERVICES" in job || inFragment.has("ENABLED_SERVICES") ? [] : [servicesStatement(context, parts)];
  return [
    ...Object.entries({ ...own, ...job })
      .filter(plainly)
      .map(variableStatement),
    ...ownServices,
    pluginsStatement(context, parts),
    ...(fragment === undefined ? [] : [fragment]),
    ...Object.entries(job)
      .filter((entry) => !plainly(entry))
      .map(variableStatement)
      .map((statement) => ({ ...statement, uses: [fragmentName, ...statement.uses] })),
  ];
}

/** The job's variables for a node; literal values of secrets show as placeholders, as everywhere. */
function jobVariables({ settings, node }: LocalConfContext): Readonly<Record<string, VariableValue>> {
  const { all, [node.role]: own } = settings.devstack.localrc;
  return Object.fromEntries(
    Object.entries({ ...all, ...own }).map(([name, value]) => [
      name,
      typeof value === "string" && isSecret(settings, name) ? { secret: name } : value,
    ]),
  );
}

function variableStatement([name, value]: readonly [string, VariableValue]): Statement<LocalrcLine> {
  const uses = typeof value === "object" && "expr" in value ? usedVariables(value.expr) : [];
  return { name, provides: [name], uses, lines: [{ kind: "variable", name, value }] };
}

/** The services in full: today as devstack's jobs write them, line by line, and as one variable before. */
function servicesStatement(context: LocalConfContext, parts: readonly LocalConfPart[]): Statement<LocalrcLine> {
  const services = nodeServices(context.settings, context.node.role, parts);
  const name = "ENABLED_SERVICES";
  const lines: readonly LocalrcLine[] =
    knownRelease(context.settings.devstack.release) === "today"
      ? ["disable_all_services", ...services.map((service) => `enable_service ${service}`)].map((text) => ({
          kind: "text",
          text,
        }))
      : [{ kind: "variable", name, value: services.join(",") }];
  return { name, provides: [name], uses: [], lines };
}

function pluginsStatement({ settings }: LocalConfContext, parts: readonly LocalConfPart[]): Statement<LocalrcLine> {
  const asked = [...parts.flatMap(({ plugins = [] }) => plugins), ...(settings.devstack.plugins ?? [])];
  const byName = new Map(asked.map((plugin) => [plugin.name, plugin]));
  return {
    name: "enable_plugin",
    provides: [],
    uses: [],
    lines: [...byName.values()].map((plugin) => ({ kind: "plugin", plugin })),
  };
}
