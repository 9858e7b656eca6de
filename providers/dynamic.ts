/** What every dynamic resource of ours is built on: a provider of a few hundred bytes that loads its implementation by name. */
import * as pulumi from "@pulumi/pulumi";
import type { ImplementationName } from "./implementations.ts";

/**
 * The provider object of one kind of resource. Pulumi serialises it into the state of every resource, so it holds one
 * method only: `configure`, which Pulumi calls before any other, puts the implementation's methods in place. That
 * happens before `configure` first yields, so that calls running side by side never see a half-made provider.
 *
 * @param name which implementation of `implementations.ts` it stands for
 */
export function providerFor(name: ImplementationName): pulumi.dynamic.ResourceProvider {
  const provider = {
    async configure() {
      Object.assign(this, require("@devstack-multinode/providers").implementations[name]);
    },
  };
  return provider as Partial<pulumi.dynamic.ResourceProvider> as pulumi.dynamic.ResourceProvider;
}

/** A dynamic resource with a readable type token, `pulumi-nodejs:dynamic/<module>:<type>`. */
export abstract class MultinodeResource extends pulumi.dynamic.Resource {}
