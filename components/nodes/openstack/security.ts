/** The stack's security group. */
import type * as pulumi from "@pulumi/pulumi";
import { logicalName } from "../../../model/naming.ts";
import { securityRules } from "../../../model/openstack/security.ts";
import { labels, type Site } from "./site.ts";

/** A group with its rules. */
export interface SiteSecurity {
  readonly group: pulumi.CustomResource;
  readonly rules: readonly pulumi.Resource[];
}

/**
 * Makes the group.
 *
 * @param after what else servers are made of: see `siteNetwork`
 * @param vxlanPort UDP port of the overlays
 */
export function siteSecurity(site: Site, after: readonly pulumi.Resource[], vxlanPort: number): SiteSecurity {
  const { sdk, settings, selection } = site;
  const options = { ...site.options, dependsOn: [selection, ...after] };
  const group = new sdk.networking.SecGroup("security-group", labels(site, "security-group"), options);
  const rules = securityRules(settings.controllerRange, vxlanPort).map((rule) => {
    const resource = logicalName("allow", rule.name);
    return new sdk.networking.SecGroupRule(
      resource,
      {
        securityGroupId: group.id,
        direction: "ingress",
        ethertype: rule.ethertype,
        description: labels(site, resource).description,
        ...(rule.protocol === undefined ? {} : { protocol: rule.protocol }),
        ...(rule.port === undefined ? {} : { portRangeMin: rule.port, portRangeMax: rule.port }),
        ...(rule.from === "members" ? { remoteGroupId: group.id } : { remoteIpPrefix: rule.from.range }),
      },
      // The plugin takes seconds to delete each, one after the other.
      { ...options, deletedWith: group },
    );
  });
  return { group, rules };
}
