/** A node's server: its port, the server itself, and its floating address. */
import type * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { logicalName } from "../../../model/naming.ts";
import { cloudTags, IMAGE_KEY, serverMetadata } from "../../../model/openstack/names.ts";
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
  /** Comes before everything of the nodes, and goes after it. */
  readonly record: pulumi.Resource;
}

/** A server and where it is. */
export interface NodeServer {
  readonly server: openstack.compute.Instance;
  /** On its network: where tunnels end. */
  readonly address: pulumi.Output<string>;
  /** Where SSH is reached. */
  readonly host: pulumi.Output<string>;
  /** What it is made of: a change of any of it makes another server. */
  readonly made: pulumi.Output<object>;
}

/** Makes the server of a node. */
export function nodeServer(site: Site, node: PlannedNode, grounds: Grounds): NodeServer {
  const { sdk, settings } = site;
  const { network, security } = grounds;
  const options = { ...site.options, dependsOn: [grounds.record] };
  const portName = logicalName("port", node.name);
  const { subnetId } = network;
  const port = new sdk.networking.Port(
    portName,
    {
      ...labels(site, portName, node.role),
      networkId: network.networkId,
      adminStateUp: true,
      securityGroupIds: [security.group.id],
      ...(subnetId === undefined || node.address === undefined
        ? {}
        : { fixedIps: [{ subnetId, ipAddress: node.address }] }),
    },
    // Neither subnet nor group can be made anew before the last port of theirs is gone.
    { ...options, replaceOnChanges: ["fixedIps", "securityGroupIds"] },
  );
  const made = {
    ...bootSource(site),
    keyPair: grounds.keyPair,
    networks: [{ port: port.id }],
    schedulerHints: [{ group: grounds.serverGroup }],
    configDrive: settings.configDrive,
    userData: pulumi
      .output(grounds.publicKey)
      .apply((publicKey) => userData({ hostname: node.hostname, user: settings.user, publicKey })),
    ...(settings.availabilityZone === undefined ? {} : { availabilityZone: settings.availabilityZone }),
  };
  const server = new sdk.compute.Instance(
    node.name,
    {
      ...made,
      name: node.hostname,
      flavorId: site.selection.flavorId,
      metadata: site.mark.apply((mark) => serverMetadata(mark, grounds.stack, node, settings.image)),
      tags: site.mark.apply((mark) => [...cloudTags(mark, node.role)]),
    },
    { ...options, ...changesOf(site, node), dependsOn: [grounds.record, ...security.rules] },
  );
  const address = port.allFixedIps.apply(([first]) => first ?? "");
  const host = settings.floatingAddresses ? floating(site, node, grounds, port) : address;
  return { server, address, host, made: pulumi.output(made) };
}

/** What a server was made of, when it was made by somebody else: it stays. */
const madeOnce = [
  "imageId",
  "blockDevices",
  "keyPair",
  "networks",
  "schedulerHints",
  "configDrive",
  "userData",
  "availabilityZone",
];

/**
 * What changes of its inputs mean to a server. One that failed to become ACTIVE is made anew: the plugin would take it as it is. One
 * of another image too: the plugin would put that onto the same server, under the feet of all that lives on it. The image's id is
 * not known in every preview.
 */
function changesOf({ settings }: Site, node: PlannedNode): pulumi.CustomResourceOptions {
  if (settings.adopted.includes(node.name)) return { ignoreChanges: madeOnce };
  return { replaceOnChanges: ["#initerror", `metadata["${IMAGE_KEY}"]`] };
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

function floating(site: Site, node: PlannedNode, { network, record }: Grounds, port: openstack.networking.Port) {
  const { sdk, selection, options } = site;
  const name = logicalName("floating", node.name);
  const { description, tags } = labels(site, name, node.role);
  const pool = selection.externalNetworkName;
  const ways = { ...options, dependsOn: [record, ...network.ways] };
  const address = new sdk.networking.FloatingIp(name, { pool, description, tags }, ways);
  const place = { floatingIp: address.address, portId: port.id };
  return new sdk.networking.FloatingIpAssociate(logicalName(name, "association"), place, ways).floatingIp;
}
