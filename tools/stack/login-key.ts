/** The file with a configuration's own private key, without which no node of the stack is reached. */
import { existsSync, readFileSync } from "node:fs";
import { loginKeyText, writeLoginKey } from "../../providers/implementations/login-key.ts";
import type { LoginKeyInputs } from "../../providers/login-key.ts";
import { projectName } from "../support/project.ts";
import { configuresLoginKey, readConfiguration, stackFile } from "./files.ts";
import { askOrFail, type PulumiStack } from "./pulumi.ts";
import { resourcesOfType } from "./state.ts";

/** Type of the resource that records the key. */
const LOGIN_KEY_TYPE = "pulumi-nodejs:dynamic/environment:LoginKey";

/** A secret as Pulumi exports it when it is asked to show secrets: its value as JSON. */
interface ShownSecret {
  readonly plaintext?: string;
}

/**
 * Writes the file anew where it is missing, e.g. on another machine, and where the configuration holds another key, as when those
 * of the hosts were changed: a refresh needs it before it mends it.
 *
 * @returns what was done, and why; null when nothing had to be
 */
export async function restoreLoginKey(target: PulumiStack, state: string | null): Promise<string | null> {
  const path = state === null ? undefined : recordedKey(state)?.path;
  if (path === undefined) return null;
  const configured = await configuredKey(target);
  const isMissing = !existsSync(path);
  if (configured !== undefined) {
    const key = { path, privateKey: configured };
    if (!isMissing && readFileSync(path, "utf8") === loginKeyText(key)) return null;
    writeLoginKey(key);
    return `wrote ${isMissing ? `the missing ${path}` : path} anew, with the key of the configuration`;
  }
  if (!isMissing) return null;
  const key = recordedKey(await askOrFail(target, ["stack", "export", "--show-secrets"]));
  if (key === undefined) return null;
  writeLoginKey(key);
  return `wrote the missing ${path} anew`;
}

/** The private key that the stack's configuration holds; undefined where it holds none, or is on another machine. */
export async function configuredKey(target: PulumiStack): Promise<string | undefined> {
  const isConfigured = existsSync(stackFile(target.stack)) && configuresLoginKey(readConfiguration(target.stack));
  if (!isConfigured) return undefined;
  return await askOrFail(target, ["config", "get", "--path", `${projectName()}:nodes.inventory.privateKey`]);
}

/** The key that a state records; its text is there only where secrets are shown. */
export function recordedKey(state: string): LoginKeyInputs | undefined {
  const [recorded] = resourcesOfType(state, LOGIN_KEY_TYPE);
  if (recorded?.inputs === undefined) return undefined;
  const { path, privateKey } = recorded.inputs as { path: string; privateKey: ShownSecret };
  return { path, privateKey: String(JSON.parse(privateKey.plaintext ?? '""')) };
}
