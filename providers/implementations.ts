/** The implementations behind the dynamic resources, by the name their providers load them with. */
import { bridge } from "./implementations/bridge.ts";
import { checkedHost } from "./implementations/checked-host.ts";
import { environment } from "./implementations/environment.ts";
import { generatedFiles } from "./implementations/generated-files.ts";
import { generatedSecrets } from "./implementations/generated-secrets.ts";
import { hostPreparation } from "./implementations/host-preparation.ts";
import { keyPair } from "./implementations/key-pair.ts";
import { lab, labNode, labUnderlay } from "./implementations/lab.ts";
import { localConf } from "./implementations/local-conf.ts";
import { loginKey } from "./implementations/login-key.ts";
import { answeringServer, cloudRecord, cloudSelection } from "./implementations/openstack-cloud.ts";
import { patchPair } from "./implementations/patch-pair.ts";
import { preflight } from "./implementations/preflight.ts";
import { tunnel } from "./implementations/tunnel.ts";
import { underlayMtu } from "./implementations/underlay-mtu.ts";
import { verification } from "./implementations/verification.ts";

/** Every kind of resource; its name is part of the state of every resource of that kind and never changes. */
export const implementations = {
  answeringServer,
  bridge,
  checkedHost,
  cloudRecord,
  cloudSelection,
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
  patchPair,
  preflight,
  tunnel,
  underlayMtu,
  verification,
};

export type ImplementationName = keyof typeof implementations;
