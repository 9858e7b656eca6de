/** The benchmark's command line. Pure. */
import { parseArgs } from "node:util";
import { unknownName } from "../tools/support/arguments.ts";
import { UserError } from "../tools/support/user-error.ts";

/** What is measured, and how the result is told. */
export interface BenchOptions {
  /** Numbers of nodes, each at least 2: with one there is no tunnel. */
  readonly nodes: readonly number[];
  /** Rounds on each number of nodes. */
  readonly runs: number;
  readonly json: boolean;
  /** Whether Ansible builds the same overlays on the same nodes, for comparison. */
  readonly ansible: boolean;
}

const options = {
  nodes: { type: "string", default: "3,10,25" },
  runs: { type: "string", default: "3" },
  json: { type: "boolean", default: false },
  ansible: { type: "boolean", default: false },
} as const;

const usage = "npm run bench [-- [--nodes 3,10,25] [--runs 3] [--ansible] [--json]]";

/** Most nodes: the seed's public range has 255 addresses for them. */
const MOST_NODES = 255;

/** Most rounds: more take hours and tell nothing more. */
const MOST_RUNS = 99;

/** @throws UserError with everything that is wrong, and the usage line */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const known = Object.keys(options);
  const unknown = tokens.flatMap((token) =>
    token.kind === "option" && !known.includes(token.name) ? [token.rawName] : [],
  );
  const nodes = String(values.nodes).split(",").map(Number);
  const runs = Number(values.runs);
  const wrong = [
    ...unknown.map((name) =>
      unknownName(
        name,
        known.map((option) => `--${option}`),
        "option",
      ),
    ),
    ...(positionals.length > 0 ? [`expected no argument without dashes; given: ${positionals.join(" ")}`] : []),
    ...(nodes.every((count) => isWithin(count, 2, MOST_NODES))
      ? []
      : [`--nodes: expected numbers from 2 to ${MOST_NODES} such as 3,10; given: ${values.nodes}`]),
    ...(isWithin(runs, 1, MOST_RUNS)
      ? []
      : [`--runs: expected a number from 1 to ${MOST_RUNS}; given: ${values.runs}`]),
    ...(["json", "ansible"] as const).flatMap((flag) =>
      typeof values[flag] === "boolean" ? [] : [`--${flag}: expected no value; given: ${values[flag]}`],
    ),
  ];
  if (wrong.length > 0) throw new UserError(`${wrong.join("\n")}\nusage: ${usage}`);
  return { nodes, runs, json: values.json === true, ansible: values.ansible === true };
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && least <= value && value <= most;
}
