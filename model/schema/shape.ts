/** The shape of the whole configuration, every default filled in. */
import { z } from "zod";
import { type BackendName, backends } from "../backends/index.ts";
import { type FlavorName, flavors } from "../flavors/index.ts";
import type { NodesSettings, VerifyDepth } from "../settings.ts";
import { devstackShape } from "./devstack.ts";
import { oneOf } from "./fields.ts";
import { overlayShape } from "./overlay.ts";

const DEFAULT_FLAVOR: FlavorName = "neutron-dvr";
const DEFAULT_BACKEND: BackendName = "lab";
const DEFAULT_VERIFY: VerifyDepth = "guests";

const verifyDepths = ["none", "nodes", "guests"] as const satisfies readonly VerifyDepth[];

const flavorNames = Object.keys(flavors) as FlavorName[];
const backendNames = Object.keys(backends) as BackendName[];

/**
 * The shape of a configuration whose nodes come from a given backend: that backend's options have their
 * defaults, those of the other backends may stand beside them.
 */
export function configShape(backend: BackendName) {
  return z.strictObject({
    flavor: oneOf(flavorNames, DEFAULT_FLAVOR).default(DEFAULT_FLAVOR),
    nodes: nodesShape(backend).prefault({}),
    overlay: overlayShape.prefault({}),
    devstack: devstackShape.prefault({}),
    verify: oneOf(verifyDepths, DEFAULT_VERIFY).default(DEFAULT_VERIFY),
  });
}

/** The backend a raw configuration chooses; the default when it chooses none that exists. */
export function chosenBackend(raw: unknown): BackendName {
  const parsed = z.looseObject({ nodes: z.looseObject({ backend: z.enum(backendNames) }) }).safeParse(raw);
  return parsed.success ? parsed.data.nodes.backend : DEFAULT_BACKEND;
}

function nodesShape(chosen: BackendName) {
  const options = Object.fromEntries(
    Object.entries<{ readonly schema: z.ZodType }>(backends).map(([name, { schema }]) => [
      name,
      name === chosen ? schema.prefault({}) : schema.optional(),
    ]),
  );
  return z
    .strictObject({ backend: oneOf(backendNames, DEFAULT_BACKEND).default(DEFAULT_BACKEND), ...options })
    .transform(
      (nodes) => ({ backend: chosen, [chosen]: (nodes as Readonly<Record<string, unknown>>)[chosen] }) as NodesSettings,
    );
}
