/** The implementations behind the dynamic resources, by the name their providers load them with. */
import { createRequire } from "node:module";
import { mindingAbandoned } from "./abandoned.ts";
import type { Implementation } from "./implementation.ts";

/**
 * Every kind of resource, with the file of `implementations/` that exports it under that name. The name is part of the state of
 * every resource of that kind and never changes.
 */
const files = {
  activeServers: "openstack-active",
  answeringServer: "openstack-cloud",
  bridge: "bridge",
  checkedHost: "checked-host",
  cloudRecord: "openstack-cloud",
  cloudSelection: "openstack-cloud",
  devstackLogs: "devstack-logs",
  devstackRun: "devstack-run",
  environment: "environment",
  generatedFiles: "generated-files",
  generatedSecrets: "generated-secrets",
  hostPreparation: "host-preparation",
  keyPair: "key-pair",
  lab: "lab",
  labNode: "lab",
  labUnderlay: "lab",
  localConf: "local-conf",
  loginKey: "login-key",
  nodesRecord: "openstack-cloud",
  patchPair: "patch-pair",
  preflight: "preflight",
  selectedObjects: "openstack-cloud",
  tunnel: "tunnel",
  underlayMtu: "underlay-mtu",
  verification: "verification",
} as const;

/** A kind of resource: the name that a provider loads its implementation by. */
export type ImplementationName = keyof typeof files;

const load = createRequire(import.meta.url);

/** The kinds that were asked for. */
const loaded = new Map<string, Implementation<object, object>>();

/**
 * The kinds as the engine calls them, each loaded when it is first asked for: a stack uses a few of them, and the time for all of
 * them would be in every run. Whatever looks for an object, or removes it, leaves abandoned nodes alone.
 */
export const implementations: Readonly<Record<ImplementationName, Implementation<object, object>>> =
  Object.defineProperties(
    {} as Record<ImplementationName, Implementation<object, object>>,
    Object.fromEntries(
      Object.entries(files).map(([name, file]) => [name, { enumerable: true, get: () => kindOf(name, file) }]),
    ),
  );

function kindOf(name: string, file: string): Implementation<object, object> {
  const kind = loaded.get(name) ?? mindful(load(`./implementations/${file}.ts`)[name]);
  loaded.set(name, kind);
  return kind;
}

function mindful(kind: Implementation<object, object>): Implementation<object, object> {
  return {
    ...kind,
    read: async (id, outs) => await mindingAbandoned(environmentOf(outs), () => kind.read(id, outs)),
    delete: async (id, outs) => await mindingAbandoned(environmentOf(outs), () => kind.delete(id, outs)),
  };
}

function environmentOf(outs: { readonly environment?: unknown }): string | undefined {
  return typeof outs.environment === "string" ? outs.environment : undefined;
}
