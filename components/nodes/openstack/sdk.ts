/** @pulumi/openstack, loaded only by a stack whose nodes are servers: it would slow down every other preview. */
import { createRequire } from "node:module";
import { join } from "node:path";
import type * as openstack from "@pulumi/openstack";

/** The SDK. @param project absolute path of the project's folder */
export function loadSdk(project: string): typeof openstack {
  return createRequire(join(project, "package.json"))("@pulumi/openstack");
}

/** The SDK's type, for the parts of the component. */
export type OpenstackSdk = typeof openstack;
