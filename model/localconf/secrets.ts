/** Secrets in a local.conf: placeholders in the text, values beside it, filled in on the way to the node only. */
import type { Role, Settings } from "../settings.ts";
import { shellQuote } from "./quoting.ts";

/** Variables every devstack of the stack needs a secret for, the same on all nodes. MYSQL_PASSWORD follows DATABASE_PASSWORD. */
const standardSecrets = [
  "DATABASE_PASSWORD",
  "RABBIT_PASSWORD",
  "ADMIN_PASSWORD",
  "SERVICE_PASSWORD",
  "SERVICE_TOKEN",
  "SWIFT_HASH",
] as const;

/**
 * The line that stands for a secret: `NAME={{secret NAME}}`. A literal value with these characters is always quoted, so
 * that no other line can look like this one. Group 1 is the variable, group 2 the secret.
 */
export const SECRET_PLACEHOLDER = /^([A-Za-z_][A-Za-z0-9_]*)=\{\{secret ([A-Za-z_][A-Za-z0-9_]*)\}\}$/gm;

/** The placeholder of a secret, as the right side of a localrc assignment. */
export function secretPlaceholder(name: string): string {
  return `{{secret ${name}}}`;
}

/**
 * The text with every placeholder replaced by its value, quoted for bash.
 * Throws when a value is missing, naming the secret.
 */
export function fillSecrets(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(SECRET_PLACEHOLDER, (_line, variable: string, secret: string) => {
    const value = Object.hasOwn(values, secret) ? values[secret] : undefined;
    if (value === undefined) throw new Error(`No value for the secret ${secret} that local.conf asks for.`);
    return `${variable}=${shellQuote(value)}`;
  });
}

/** Whether a localrc variable of this name holds a secret: a standard one, one of the job's, or any password. */
export function isSecret({ devstack }: Settings, name: string): boolean {
  return (
    standardSecrets.some((secret) => secret === name) ||
    Object.hasOwn(devstack.secrets, name) ||
    name.endsWith("PASSWORD")
  );
}

/** Names of the secrets every local.conf of the stack asks for, sorted: to be generated unless `configuredSecrets` has them. */
export function secretNames(settings: Settings): readonly string[] {
  return [...new Set([...standardSecrets, ...Object.keys(settings.devstack.secrets)])].sort();
}

/**
 * Values the job gives itself, for nodes of a role: `devstack.secrets`, and literal localrc overrides of secrets, which are
 * kept out of the text in the same way. The narrower override wins.
 */
export function configuredSecrets(settings: Settings, role: Role): Readonly<Record<string, string>> {
  const { secrets, localrc } = settings.devstack;
  const literals = Object.entries({ ...localrc.all, ...localrc[role] }).flatMap(([name, value]) =>
    typeof value === "string" && isSecret(settings, name) ? [[name, value]] : [],
  );
  return { ...secrets, ...Object.fromEntries(literals) };
}
