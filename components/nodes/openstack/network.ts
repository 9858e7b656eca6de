/** The network that servers stand on: one that is there, or the stack's own with its router. */
import type * as pulumi from "@pulumi/pulumi";
import { allocationPool, gatewayAddress } from "../../../model/openstack/addresses.ts";
import { labels, type Site } from "./site.ts";

/** A network as ports need it. */
export interface SiteNetwork {
  readonly networkId: pulumi.Output<string>;
  /** Only for the stack's own network, where fixed addresses are chosen. */
  readonly subnetId?: pulumi.Output<string>;
  /** Bytes, as the cloud tells. */
  readonly mtu: pulumi.Output<number>;
  /** What the stack made of it; it cannot go while a port is on it. */
  readonly made: readonly pulumi.Resource[];
  /** What has to be there before floating addresses can be. */
  readonly ways: readonly pulumi.Resource[];
}

/**
 * Takes the network that is configured, or makes one.
 *
 * @param after what else servers and ports are made of. Where all is made anew, one thing goes after the other, with what needs it:
 *     side by side a port would be deleted while its server is.
 */
export function siteNetwork(site: Site, after: readonly pulumi.Resource[]): SiteNetwork {
  const { sdk, settings, selection } = site;
  const options = { ...site.options, dependsOn: [selection, ...after] };
  if (settings.network !== undefined) {
    return { networkId: selection.networkId, mtu: selection.mtu, made: [], ways: [] };
  }
  const { range } = settings;
  const network = new sdk.networking.Network("network", { ...labels(site, "network"), adminStateUp: true }, options);
  const subnet = new sdk.networking.Subnet(
    "subnet",
    {
      ...labels(site, "subnet"),
      networkId: network.id,
      cidr: range,
      ipVersion: 4,
      gatewayIp: gatewayAddress(range),
      allocationPools: [allocationPool(range)],
    },
    options,
  );
  const ways = hasWayOut(site) ? [wayOut(site, subnet.id, options)] : [];
  return { networkId: network.id, subnetId: subnet.id, mtu: network.mtu, made: [network, subnet], ways };
}

/** Whether anything of the stack leads to an external network. */
export function hasWayOut({ settings }: Pick<Site, "settings">): boolean {
  return settings.floatingAddresses || (settings.network === undefined && settings.externalNetwork !== undefined);
}

function wayOut(site: Site, subnetId: pulumi.Output<string>, options: pulumi.CustomResourceOptions): pulumi.Resource {
  const { sdk, selection } = site;
  const { externalNetworkId } = selection;
  const router = new sdk.networking.Router("router", { ...labels(site, "router"), externalNetworkId }, options);
  return new sdk.networking.RouterInterface("router-interface", { routerId: router.id, subnetId }, options);
}
