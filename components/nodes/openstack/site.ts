/** What all parts of a stack's site in a cloud are made with. */
import type * as pulumi from "@pulumi/pulumi";
import type { OpenstackSettings } from "../../../model/backends/openstack.ts";
import { cloudNames, cloudTags } from "../../../model/openstack/names.ts";
import type { SelectedObjects } from "../../../providers/openstack-cloud.ts";
import type { OpenstackSdk } from "./sdk.ts";

/** The cloud, the stack's mark in it, and the options of every resource. */
export interface Site {
  readonly sdk: OpenstackSdk;
  readonly settings: OpenstackSettings;
  readonly selection: SelectedObjects;
  readonly mark: pulumi.Output<string>;
  /** Every object has a fixed name or address, so the old one goes first. */
  readonly options: pulumi.CustomResourceOptions;
}

/** Name, description and tags of an object of the network service. */
export function labels(site: Site, resource: string, role?: string) {
  const names = site.mark.apply((mark) => cloudNames(mark, resource));
  return {
    name: names.name,
    description: names.description,
    tags: site.mark.apply((mark) => [...cloudTags(mark, role)]),
  };
}

/** The name of an object that has no description. */
export function nameOf(site: Site, resource: string): pulumi.Output<string> {
  return site.mark.apply((mark) => cloudNames(mark, resource).name);
}
