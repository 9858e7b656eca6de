/** What a stack's pre-flight is about: from its configuration, and from what its state remembers of the hosts. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backendSettings } from "../../model/backends/index.ts";
import { type KeyPlaces, keyPlaces } from "../../model/backends/inventory/key-places.ts";
import { hostLogins } from "../../model/backends/inventory/logins.ts";
import { expectationsOf } from "../../model/preflight/expectations.ts";
import type { Settings } from "../../model/settings.ts";
import { writeLoginKey } from "../../providers/implementations/login-key.ts";
import { localFiles } from "../../providers/local-files.ts";
import type { PreflightHost, PreflightInputs, PreflightOutputs } from "../../providers/preflight.ts";
import { projectFolder } from "../support/project.ts";
import { configuredKey, restoreLoginKey } from "./login-key.ts";
import type { PulumiStack } from "./pulumi.ts";
import { resourcesOfType } from "./state.ts";

/** Type of the resource that records the pre-flight. */
const PREFLIGHT_TYPE = "pulumi-nodejs:dynamic/node:Preflight";

/** Stands for the environment of a stack that was never deployed: nothing carries its mark. */
const NO_ENVIRONMENT = "none";

/** A pre-flight to make now. */
export interface PlannedPreflight {
  readonly inputs: PreflightInputs;
  /** Where keys of the hosts are written; undefined where the configuration lists none. */
  readonly places: KeyPlaces | undefined;
  /** What an earlier one recorded. */
  readonly record: PreflightOutputs | undefined;
}

/** What the last pre-flight recorded, in a state as Pulumi exports it. */
export function recordedPreflight(state: string | null): PreflightOutputs | undefined {
  const [recorded] = resourcesOfType(state, PREFLIGHT_TYPE);
  return recorded?.outputs as PreflightOutputs | undefined;
}

/**
 * Works on the stack's pre-flight: the inventory's hosts are those of the configuration, servers those of the state.
 * A key that the configuration holds is in a file while the work lasts.
 */
export async function withPreflight<Result>(
  target: PulumiStack,
  settings: Settings,
  state: string | null,
  work: (planned: PlannedPreflight) => Promise<Result>,
): Promise<Result> {
  const record = recordedPreflight(state);
  return await withOwnKey(target, state, async (ownKey) => {
    const hosts = hostsOf(settings, ownKey) ?? record?.hosts ?? [];
    const environment = record?.environment ?? NO_ENVIRONMENT;
    const expectations = expectationsOf(settings);
    const inputs = { hosts, environment, expectations, seconds: 0, problems: [] };
    return await work({ inputs, places: placesOf(settings), record });
  });
}

/** The hosts that a configuration lists; undefined where it lists none. */
function hostsOf({ nodes }: Settings, ownKey: string | undefined): PreflightHost[] | undefined {
  return nodes.backend === "inventory" ? [...hostLogins(backendSettings(nodes, "inventory"), ownKey)] : undefined;
}

function placesOf({ nodes }: Settings): KeyPlaces | undefined {
  if (nodes.backend !== "inventory") return undefined;
  return keyPlaces(backendSettings(nodes, "inventory").options, localFiles(projectFolder));
}

/** The key that counts is that of the configuration, which the last `up` may not have known: it may be what was mended. */
async function withOwnKey<Result>(
  target: PulumiStack,
  state: string | null,
  work: (ownKey: string | undefined) => Promise<Result>,
): Promise<Result> {
  const privateKey = await configuredKey(target);
  if (privateKey === undefined) {
    await restoreLoginKey(target, state);
    return await work(undefined);
  }
  const folder = mkdtempSync(join(tmpdir(), "multinode-key-"));
  try {
    const path = join(folder, "login_key");
    writeLoginKey({ path, privateKey });
    return await work(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
