/** What we ask an OpenStack cloud ourselves, beside what @pulumi/openstack makes in it. */
import type * as pulumi from "@pulumi/pulumi";
import { MultinodeResource, providerFor } from "./dynamic.ts";
import type { CloudChoice } from "./openstack/credentials.ts";

/** Resolved inputs of the record of a stack in a cloud. */
export interface CloudRecordInputs {
  cloud: CloudChoice;
  /** `<stack>-<id>`, in the description or metadata of everything the stack makes there. */
  mark: string;
}

const recordProvider = providerFor("cloudRecord");

/**
 * The stack's record in a cloud, made before its first object there: creating it makes nothing. Deleting it, last of all,
 * removes whatever carries the stack's mark, also what an API that died in the middle of a request left half-made.
 */
export class CloudRecord extends MultinodeResource {
  constructor(
    name: string,
    args: { readonly cloud: CloudChoice; readonly mark: pulumi.Input<string> },
    options: pulumi.CustomResourceOptions,
  ) {
    super(recordProvider, name, { ...args }, options, "openstack", "CloudRecord");
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

const selectionProvider = providerFor("cloudSelection");

/**
 * Image, flavor and networks of a cloud, looked up once: what they were found to be stays, so that an image of the same name
 * that comes later replaces no server. Whatever is unknown is told at once, with what there is.
 */
export class CloudSelection extends MultinodeResource {
  declare readonly imageId: pulumi.Output<string>;
  declare readonly flavorId: pulumi.Output<string>;
  declare readonly networkId: pulumi.Output<string>;
  /** Bytes. */
  declare readonly mtu: pulumi.Output<number>;
  declare readonly externalNetworkId: pulumi.Output<string>;
  declare readonly externalNetworkName: pulumi.Output<string>;

  constructor(name: string, args: CloudSelectionInputs, options: pulumi.CustomResourceOptions) {
    const found = {
      imageId: undefined,
      flavorId: undefined,
      networkId: undefined,
      mtu: undefined,
      externalNetworkId: undefined,
      externalNetworkName: undefined,
    };
    super(selectionProvider, name, { ...args, ...found }, options, "openstack", "CloudSelection");
  }
}

/** Resolved inputs of a server that answers. */
export interface AnsweringServerInputs {
  cloud: CloudChoice;
  /** Name of the node. */
  node: string;
  /** The server's id. */
  server: string;
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

const serverProvider = providerFor("answeringServer");

/**
 * A server that is ACTIVE and answers at its SSH port. The plugin says so of no server: one in ERROR counts as done for it
 * with the next `up`. Gone for a refresh when the server is in ERROR or deleted.
 */
export class AnsweringServer extends MultinodeResource {
  declare readonly server: pulumi.Output<string>;
  declare readonly hostKey: pulumi.Output<string>;

  constructor(
    name: string,
    args: { readonly [Key in keyof AnsweringServerInputs]: pulumi.Input<AnsweringServerInputs[Key]> },
    options: pulumi.CustomResourceOptions,
  ) {
    super(serverProvider, name, { ...args, hostKey: undefined }, options, "openstack", "AnsweringServer");
  }
}
