/** What an API that died in the middle of a request left half-made, where it is in the way of what is to be made. */
import { MARK_KEY } from "../../model/openstack/names.ts";
import type { CloudChoice } from "./credentials.ts";
import { sessionWith } from "./session.ts";
import { type CloudObject, findOurs, removeObjects } from "./sweep.ts";

/** What is to be made: the type of its Pulumi resource, and what the cloud is asked for. */
export interface Wanted {
  readonly type: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** Kinds of objects by the Pulumi types of their resources. */
const kindOf: Readonly<Record<string, string>> = {
  "openstack:compute/instance:Instance": "server",
  "openstack:compute/keypair:Keypair": "key pair",
  "openstack:compute/serverGroup:ServerGroup": "server group",
  "openstack:networking/floatingIp:FloatingIp": "floating address",
  "openstack:networking/network:Network": "network",
  "openstack:networking/port:Port": "port",
  "openstack:networking/router:Router": "router",
  "openstack:networking/secGroup:SecGroup": "security group",
  "openstack:networking/secGroupRule:SecGroupRule": "security rule",
  "openstack:networking/subnet:Subnet": "subnet",
};

/** Searches a cloud once in a run, before anything is made there. */
export class Leftovers {
  readonly #cloud: CloudChoice;
  readonly #found = new Map<string, Promise<readonly CloudObject[]>>();

  constructor(cloud: CloudChoice) {
    this.#cloud = cloud;
  }

  /**
   * Removes what is called as the object to be made: its own old one is gone by now, so no state knows of it.
   *
   * @param mark `<stack>-<id>`, whose objects are looked at
   * @returns what was removed
   */
  async clear(mark: string, wanted: Wanted): Promise<readonly CloudObject[]> {
    const session = sessionWith(this.#cloud);
    const kind = kindOf[wanted.type];
    if (kind === undefined) return [];
    const all = this.#found.get(mark) ?? findOurs(session, mark);
    this.#found.set(mark, all);
    const found = (await all).filter((object) => object.kind === kind && isSame(object, wanted.inputs));
    await removeObjects(session, found, mark);
    return found;
  }

  /** The faults of servers that were to be made like this and ended in ERROR, in nova's words. */
  async faults(mark: string, { inputs }: Wanted): Promise<readonly string[]> {
    const answer = await sessionWith(this.#cloud).get("compute", "/servers/detail");
    const servers = (answer as { servers?: readonly Failed[] } | undefined)?.servers ?? [];
    return servers
      .filter(({ name, status, metadata }) => status === "ERROR" && metadata[MARK_KEY] === mark && name === inputs.name)
      .map(({ id, fault }) => `server ${id} is in ERROR: ${fault?.message ?? "the cloud tells no fault"}`);
  }
}

interface Failed {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly fault?: { readonly message?: string };
}

/** Objects with a description are told apart by it, as it names the Pulumi resource; the others by their names. */
function isSame({ name, description }: CloudObject, inputs: Wanted["inputs"]): boolean {
  return inputs.description === undefined ? name === inputs.name : description === inputs.description;
}
