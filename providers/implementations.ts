/** The implementations behind the dynamic resources, by the name their providers load them with. */
import { mindingAbandoned } from "./abandoned.ts";
import type { Implementation } from "./implementation.ts";
import { bridge } from "./implementations/bridge.ts";
import { checkedHost } from "./implementations/checked-host.ts";
import { devstackLogs } from "./implementations/devstack-logs.ts";
import { devstackRun } from "./implementations/devstack-run.ts";
import { environment } from "./implementations/environment.ts";
import { generatedFiles } from "./implementations/generated-files.ts";
import { generatedSecrets } from "./implementations/generated-secrets.ts";
import { hostPreparation } from "./implementations/host-preparation.ts";
import { keyPair } from "./implementations/key-pair.ts";
import { lab, labNode, labUnderlay } from "./implementations/lab.ts";
import { localConf } from "./implementations/local-conf.ts";
import { loginKey } from "./implementations/login-key.ts";
import { activeServers } from "./implementations/openstack-active.ts";
import {
  answeringServer,
  cloudRecord,
  cloudSelection,
  nodesRecord,
  selectedObjects,
} from "./implementations/openstack-cloud.ts";
import { patchPair } from "./implementations/patch-pair.ts";
import { preflight } from "./implementations/preflight.ts";
import { tunnel } from "./implementations/tunnel.ts";
import { underlayMtu } from "./implementations/underlay-mtu.ts";
import { verification } from "./implementations/verification.ts";

/** Every kind of resource; its name is part of the state of every resource of that kind and never changes. */
const kinds = {
  activeServers,
  answeringServer,
  bridge,
  checkedHost,
  cloudRecord,
  cloudSelection,
  devstackLogs,
  devstackRun,
  environment,
  generatedFiles,
  generatedSecrets,
  hostPreparation,
  keyPair,
  lab,
  labNode,
  labUnderlay,
  localConf,
  loginKey,
  nodesRecord,
  patchPair,
  preflight,
  selectedObjects,
  tunnel,
  underlayMtu,
  verification,
};

/** A kind of resource: the name that a provider loads its implementation by. */
export type ImplementationName = keyof typeof kinds;

/** The kinds as the engine calls them: whatever looks for an object, or removes it, leaves abandoned nodes alone. */
export const implementations = Object.fromEntries(
  Object.entries(kinds).map(([name, kind]) => [name, mindful(kind as Implementation<object, object>)]),
);

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
