/** A node's server: its port, the server itself, and its floating address. */
import type * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { logicalName } from "../../../model/naming.ts";
import { cloudTags, serverMetadata } from "../../../model/openstack/names.ts";
import { userData } from "../../../model/openstack/user-data.ts";
import type { PlannedNode } from "../../../model/plan.ts";
import type { SiteNetwork } from "./network.ts";
import type { SiteSecurity } from "./security.ts";
import { labels, type Site } from "./site.ts";

/** What servers share. */
export interface Grounds {
  readonly stack: string;
  readonly network: SiteNetwork;
  readonly security: SiteSecurity;
  readonly keyPair: pulumi.Output<string>;
  readonly publicKey: pulumi.Input<string>;
  readonly serverGroup: pulumi.Output<string>;
}

/** A server and where it is. */
export interface NodeServer {
  readonly server: openstack.compute.Instance;
  /** On its network: where tunnels end. */
  readonly address: pulumi.Output<string>;
  /** Where SSH is reached. */
  readonly host: pulumi.Output<string>;
}

/** Makes the server of a node. */
export function nodeServer(site: Site, node: PlannedNode, grounds: Grounds): NodeServer {
  const { sdk, settings, options } = site;
  const { network, security } = grounds;
  const portName = logicalName("port", node.name);
  const { subnetId } = network;
  const port = new sdk.networking.Port(
    portName,
    {
      ...labels(site, portName, node.role),
      networkId: network.networkId,
      adminStateUp: true,
      securityGroupIds: [security.groupId],
      ...(subnetId === undefined || node.address === undefined
        ? {}
        : { fixedIps: [{ subnetId, ipAddress: node.address }] }),
    },
    options,
  );
  const server = new sdk.compute.Instance(
    node.name,
    {
      name: node.hostname,
      flavorId: site.selection.flavorId,
      ...bootSource(site),
      keyPair: grounds.keyPair,
      networks: [{ port: port.id }],
      schedulerHints: [{ group: grounds.serverGroup }],
      configDrive: settings.configDrive,
      metadata: site.mark.apply((mark) => serverMetadata(mark, grounds.stack, node)),
      tags: site.mark.apply((mark) => [...cloudTags(mark, node.role)]),
      userData: pulumi
        .output(grounds.publicKey)
        .apply((publicKey) => userData({ hostname: node.hostname, user: settings.user, publicKey })),
      ...(settings.availabilityZone === undefined ? {} : { availabilityZone: settings.availabilityZone }),
    },
    // A server that failed to become ACTIVE is made anew: the plugin would take it as it is.
    { ...options, replaceOnChanges: ["#initerror"], dependsOn: [...security.rules] },
  );
  const address = port.allFixedIps.apply(([first]) => first ?? "");
  return { server, address, host: settings.floatingAddresses ? floating(site, node, network, port) : address };
}

/** From the image onto the flavor's disk, or onto a volume that goes with the server. */
function bootSource({ settings, selection }: Site): Pick<openstack.compute.InstanceArgs, "imageId" | "blockDevices"> {
  const { volume } = settings;
  if (volume === undefined) return { imageId: selection.imageId };
  return {
    blockDevices: [
      {
        uuid: selection.imageId,
        sourceType: "image",
        destinationType: "volume",
        bootIndex: 0,
        deleteOnTermination: true,
        volumeSize: volume.size,
        ...(volume.type === undefined ? {} : { volumeType: volume.type }),
      },
    ],
  };
}

function floating(site: Site, node: PlannedNode, network: SiteNetwork, port: openstack.networking.Port) {
  const { sdk, selection, options } = site;
  const name = logicalName("floating", node.name);
  const { description, tags } = labels(site, name, node.role);
  const pool = selection.externalNetworkName;
  const ways = { ...options, dependsOn: [...network.ways] };
  const address = new sdk.networking.FloatingIp(name, { pool, description, tags }, ways);
  const place = { floatingIp: address.address, portId: port.id };
  return new sdk.networking.FloatingIpAssociate(logicalName(name, "association"), place, ways).floatingIp;
}
