/** The file with a configuration's own private key, without which no node of the stack is reached. */
import { existsSync } from "node:fs";
import { writeLoginKey } from "../../providers/implementations/login-key.ts";
import type { LoginKeyInputs } from "../../providers/login-key.ts";
import { askOrFail, type PulumiStack } from "./pulumi.ts";
import { resourcesOfType } from "./state.ts";

/** Type of the resource that records the key. */
const LOGIN_KEY_TYPE = "pulumi-nodejs:dynamic/environment:LoginKey";

/** A secret as Pulumi exports it when it is asked to show secrets: its value as JSON. */
interface ShownSecret {
  readonly plaintext?: string;
}

/** Writes the file anew where it is missing, e.g. on another machine: a refresh would need it before it mends it. */
export async function restoreLoginKey(target: PulumiStack, state: string | null): Promise<string | null> {
  const path = state === null ? undefined : recordedKey(state)?.path;
  if (path === undefined || existsSync(path)) return null;
  const key = recordedKey(await askOrFail(target, ["stack", "export", "--show-secrets"]));
  if (key === undefined) return null;
  writeLoginKey(key);
  return key.path;
}

/** The key that a state records; its text is there only where secrets are shown. */
export function recordedKey(state: string): LoginKeyInputs | undefined {
  const [recorded] = resourcesOfType(state, LOGIN_KEY_TYPE);
  if (recorded?.inputs === undefined) return undefined;
  const { path, privateKey } = recorded.inputs as { path: string; privateKey: ShownSecret };
  return { path, privateKey: String(JSON.parse(privateKey.plaintext ?? '""')) };
}
