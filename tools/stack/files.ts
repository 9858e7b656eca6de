/** The stacks of this project, as their files describe them. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, YAMLParseError } from "yaml";
import { type Purpose, purposes } from "../packages/required.ts";
import { unknownName } from "../support/arguments.ts";
import { projectFolder, projectName } from "../support/project.ts";
import { UserError } from "../support/user-error.ts";

/** The stack that commands mean when none is named. */
export const defaultStack = "gate";

/** Raw configuration by key without the namespace, as written in the stack's file. */
export type RawConfiguration = Readonly<Record<string, unknown>>;

/** Path of a stack's file. A full name such as `organization/project/stack` has the file of its last part. */
export function stackFile(stack: string, folder = projectFolder): string {
  return join(folder, `Pulumi.${shortName(stack)}.yaml`);
}

/** The last part of a stack's name. */
export function shortName(stack: string): string {
  return stack.slice(stack.lastIndexOf("/") + 1);
}

/** Names of all stacks that have a file, sorted. */
export function knownStacks(folder = projectFolder): readonly string[] {
  return readdirSync(folder)
    .flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? [])
    .sort();
}

/** The stack a command means; throws when it has no file, with the nearest name. */
export function chooseStack(given: string | undefined, folder = projectFolder): string {
  const stack = given ?? defaultStack;
  if (existsSync(stackFile(stack, folder))) return stack;
  throw new UserError(`stack: ${unknownName(stack, knownStacks(folder))}`);
}

/** What stands for an encrypted value, which only Pulumi can read. */
const ENCRYPTED = "(encrypted)";

/** Reads a stack's configuration without Pulumi, so that neither a state nor a passphrase is needed. */
export function readConfiguration(stack: string, folder = projectFolder): RawConfiguration {
  const file = stackFile(stack, folder);
  const namespace = `${projectName(folder)}:`;
  const { config } = readYaml(file) as { config?: unknown };
  if (config === undefined || config === null) return {};
  if (typeof config !== "object" || Array.isArray(config)) {
    throw new UserError(`${file}: expected keys and values under config; given: ${JSON.stringify(config)}`);
  }
  const own = Object.entries(config).filter(([key]) => key.startsWith(namespace));
  return Object.fromEntries(own.map(([key, value]) => [key.slice(namespace.length), withoutCiphers(value)]));
}

/** The value with a text for each encrypted one in it, as a program would get one. */
function withoutCiphers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutCiphers);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  if (entries.length === 1 && typeof entries[0]?.[1] === "string" && entries[0][0] === "secure") return ENCRYPTED;
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutCiphers(inner)]));
}

function readYaml(file: string): object {
  try {
    const document: unknown = parse(readFileSync(file, "utf8"));
    return typeof document === "object" && document !== null ? document : {};
  } catch (error) {
    if (error instanceof YAMLParseError) throw new UserError(`${file} is not valid YAML: ${error.message}`);
    throw error;
  }
}

/** What set-up has to provide for a stack: what its node backend needs. A wrong backend is for the program to report. */
export function purposeOf(configuration: RawConfiguration): Purpose {
  const { nodes } = configuration;
  const backend = typeof nodes === "object" && nodes !== null && "backend" in nodes ? nodes.backend : "lab";
  if (backend === "inventory") return "hosts";
  return purposes.find((purpose) => purpose === backend) ?? "lab";
}

/** Whether a stack's `up` runs devstack. A value of a wrong kind is for the program to report. */
export function runsDevstack({ devstack }: RawConfiguration): boolean {
  const run = devstack as { readonly run?: { readonly stack?: unknown } | null } | null | undefined;
  return run?.run?.stack === true;
}

/** Whether nodes are logged in to with a key that the configuration itself holds. A value of a wrong kind is for the program to report. */
export function configuresLoginKey({ nodes }: RawConfiguration): boolean {
  const { backend, inventory } = (nodes ?? {}) as { backend?: unknown; inventory?: { privateKey?: unknown } | null };
  return backend === "inventory" && inventory?.privateKey !== undefined;
}
