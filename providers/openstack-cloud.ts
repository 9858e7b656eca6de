/** What we ask an OpenStack cloud ourselves, beside what @pulumi/openstack makes in it. */
import type * as pulumi from "@pulumi/pulumi";
import { MultinodeResource } from "./dynamic.ts";
import type { CloudChoice } from "./openstack/credentials.ts";

/** Resolved inputs of the record of a stack in a cloud. */
export interface CloudRecordInputs {
  cloud: CloudChoice;
  /** `<stack>-<id>`, in the description or metadata of everything the stack makes there. */
  mark: string;
}

/** The same, as given. */
type CloudRecordArgs = Omit<CloudRecordInputs, "mark"> & { readonly mark: pulumi.Input<string> };

/**
 * The stack's record in a cloud, made before its first object there: creating it makes nothing. Deleting it, last of all,
 * removes whatever carries the stack's mark, also what an API that died in the middle of a request left half-made.
 */
export class CloudRecord extends MultinodeResource {
  constructor(name: string, args: CloudRecordArgs, options: pulumi.CustomResourceOptions) {
    super("cloudRecord", name, { ...args }, options, "openstack", "CloudRecord");
  }
}

/**
 * The record of what the nodes have in a cloud, between the network with its security group, which come before it, and servers,
 * ports and floating addresses, which come after it. Creating it makes nothing. Deleting it removes those of them that are left:
 * a port that nobody knows of would keep its network from being deleted.
 */
export class NodesRecord extends MultinodeResource {
  constructor(name: string, args: CloudRecordArgs, options: pulumi.CustomResourceOptions) {
    super("nodesRecord", name, { ...args }, options, "openstack", "NodesRecord");
  }
}

/** Resolved inputs of a selection: names or ids. */
export interface CloudSelectionInputs {
  cloud: CloudChoice;
  image: string;
  flavor: string;
  /** A network that is there. */
  network?: string;
  /** A network to the outside: by name or id, or the cloud's only one; absent where none is needed. */
  externalNetwork?: { name?: string };
}

const notFoundYet = {
  imageId: undefined,
  flavorId: undefined,
  networkId: undefined,
  mtu: undefined,
  externalNetworkId: undefined,
  externalNetworkName: undefined,
};

/** What was found, by id. */
export interface CloudSelectionOutputs extends CloudSelectionInputs {
  imageId: string;
  flavorId: string;
  /** Empty where none is asked for. */
  networkId: string;
  /** MTU of the network that is there, in bytes; 0 where none is asked for. */
  mtu: number;
  externalNetworkId: string;
  externalNetworkName: string;
}

/** Objects of a cloud that were found, by id. */
abstract class FoundObjects extends MultinodeResource {
  declare readonly imageId: pulumi.Output<string>;
  declare readonly flavorId: pulumi.Output<string>;
  declare readonly networkId: pulumi.Output<string>;
  /** Bytes. */
  declare readonly mtu: pulumi.Output<number>;
  declare readonly externalNetworkId: pulumi.Output<string>;
  declare readonly externalNetworkName: pulumi.Output<string>;
}

/**
 * Image, flavor and networks of a cloud, looked up once: what they were found to be stays, so that an image of the same name
 * that comes later replaces no server. Whatever is unknown is told at once, with what there is.
 */
export class CloudSelection extends FoundObjects {
  constructor(name: string, args: CloudSelectionInputs, options: pulumi.CustomResourceOptions) {
    super("cloudSelection", name, { ...args, ...notFoundYet }, options, "openstack", "CloudSelection");
  }
}

/**
 * The record of what a selection found. Of a selection that changes a preview knows nothing; here what the change does not touch
 * is known all the same, so that another flavor does not look like another network.
 */
export class SelectedObjects extends FoundObjects {
  /** @param wanted what `selection` was asked for */
  constructor(
    name: string,
    wanted: CloudSelectionInputs,
    selection: CloudSelection,
    options: pulumi.CustomResourceOptions,
  ) {
    const { imageId, flavorId, networkId, mtu, externalNetworkId, externalNetworkName } = selection;
    const found = { imageId, flavorId, networkId, mtu, externalNetworkId, externalNetworkName };
    super("selectedObjects", name, { ...wanted, ...found }, options, "openstack", "SelectedObjects");
  }
}

/** A server that is to become ACTIVE. */
export interface BootingServer {
  /** Its name in the cloud. */
  name: string;
  /** What it is made of; where any of it changes, another server is made, and waited for. */
  made: object;
}

/** Resolved inputs of servers that are to become ACTIVE. */
export interface ActiveServersInputs {
  cloud: CloudChoice;
  /** `<stack>-<id>`, in the metadata of every server of the stack. */
  mark: string;
  /** By the names of their nodes. */
  servers: Record<string, BootingServer>;
}

/** What is recorded of them. */
export interface ActiveServersOutputs extends ActiveServersInputs {
  /** The servers' ids, by the names of their nodes. */
  ids: Record<string, string>;
}

/**
 * Servers that nova makes, watched while the plugin makes them: it must not depend on them, as nothing runs that depends on a server
 * that failed. The plugin passes on that a server is in ERROR and not why; this one tells the fault, and deletes what never ran, so
 * that the next `up` makes it anew, with a refresh or without. One for all, as every resource that waits takes one of Pulumi's few
 * places to work.
 */
export class ActiveServers extends MultinodeResource {
  constructor(
    name: string,
    args: {
      readonly cloud: CloudChoice;
      readonly mark: pulumi.Input<string>;
      readonly servers: pulumi.Input<Record<string, pulumi.Input<{ name: string; made: pulumi.Input<object> }>>>;
    },
    options: pulumi.CustomResourceOptions,
  ) {
    super("activeServers", name, { ...args, ids: undefined }, options, "openstack", "ActiveServers");
  }
}

/** Resolved inputs of a server that answers. */
export interface AnsweringServerInputs {
  cloud: CloudChoice;
  /** Name of the node. */
  node: string;
  /** The server's id. */
  server: string;
  /** Id of its flavor: another one makes it boot again. */
  flavor: string;
  /** Address to reach SSH at. */
  host: string;
  /** Seconds it may take until it answers. */
  seconds: number;
}

/** What is recorded of it. */
export interface AnsweringServerOutputs extends AnsweringServerInputs {
  /** `<type> <base64>` from the console log; empty where the cloud gives none, so that the first connection is trusted. */
  hostKey: string;
}

/**
 * A server that is ACTIVE and answers at its SSH port. The plugin says so of no server: one in ERROR counts as done for it
 * with the next `up`. Gone for a refresh when the server is in ERROR or deleted.
 */
export class AnsweringServer extends MultinodeResource {
  declare readonly server: pulumi.Output<string>;
  declare readonly flavor: pulumi.Output<string>;
  declare readonly hostKey: pulumi.Output<string>;

  constructor(
    name: string,
    args: { readonly [Key in keyof AnsweringServerInputs]: pulumi.Input<AnsweringServerInputs[Key]> },
    options: pulumi.CustomResourceOptions,
  ) {
    super("answeringServer", name, { ...args, hostKey: undefined }, options, "openstack", "AnsweringServer");
  }
}
