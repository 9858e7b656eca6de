/** What every dynamic resource of ours is built on. */
import * as pulumi from "@pulumi/pulumi";
import type { ImplementationName } from "./implementations.ts";

/** The property in which Pulumi's provider process looks for the text of a resource's provider. */
const textProperty = "__provider";

/**
 * A dynamic resource with a readable type token, `pulumi-nodejs:dynamic/<module>:<type>`, as `pulumi.dynamic.Resource` makes them.
 * That class serialises a provider object; here its text is a line of ours that loads the implementation by name. The text is in
 * the state of every resource, among inputs and outputs, and the state is written whole at every step.
 */
export abstract class MultinodeResource extends pulumi.CustomResource {
  /**
   * @param implementation which one of `implementations.ts` does its work
   * @param props its inputs; a name with `undefined` is an output of the implementation's
   */
  constructor(
    implementation: ImplementationName,
    name: string,
    props: pulumi.Inputs,
    options: pulumi.CustomResourceOptions | undefined,
    module: string,
    type: string,
  ) {
    const token = `pulumi-nodejs:dynamic/${module}:${type}`;
    super(token, name, { ...props, [textProperty]: textFor(implementation) }, options);
  }
}

/** The text of a module whose `handler` gives the provider. */
function textFor(implementation: ImplementationName): string {
  return `exports.handler=()=>require("@devstack-multinode/providers").implementations.${implementation}`;
}
