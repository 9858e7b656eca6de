/** Where labs keep their run-time files, and the names and marks of what they make on this machine. */
import { createHash } from "node:crypto";
import { basename, join } from "node:path";

/** Run-time files of all labs; like everything under /run it is empty after a reboot, when no lab node lives either. */
export const labsFolder = "/run/devstack-multinode";

/** A lab: the nodes of one stack of one state. */
export interface LabIdentity {
  /** Name of the Pulumi stack. */
  stack: string;
  /** Id kept in the stack's state, six hexadecimal digits: tells two clones' labs of one stack name apart. */
  id: string;
}

/** `<stack>-<id>`: part of every name the lab has on this machine. */
export function labName({ stack, id }: LabIdentity): string {
  return `${stack}-${id}`;
}

/** The lab's run-time folder. */
export function labFolder(lab: LabIdentity): string {
  return join(labsFolder, labName(lab));
}

/** The lab whose run-time folder this is. */
export function labIn(folder: string): LabIdentity {
  const name = basename(folder);
  const dash = name.lastIndexOf("-");
  return { stack: name.slice(0, dash), id: name.slice(dash + 1) };
}

/** A node's folder in the lab's. */
export function nodeFolder(lab: string, node: string): string {
  return join(lab, "nodes", node);
}

/** The lab's private key, for root on its nodes; it lives and goes with the lab. */
export function identityFile(lab: string): string {
  return join(lab, "id_ed25519");
}

/** Name of the network namespace of a node, or of the router (`underlay`). */
export function namespaceOf(lab: LabIdentity, node: string): string {
  return `multinode-${labName(lab)}-${node}`;
}

/** The router's name among the nodes. */
export const routerNode = "underlay";

/** Interface of this machine that leads to the lab; a hash keeps it within the kernel's 15 characters. */
export function controllerLink(lab: LabIdentity): string {
  return `mn-${createHash("sha256").update(labName(lab)).digest("hex").slice(0, 10)}`;
}

/** Interface of the router that leads to the node of this number. */
export function routerLink(number: number): string {
  return `node${number}`;
}

/** Alias of the lab's interface on this machine, so that its owner can be read off it. */
export function linkAlias(lab: LabIdentity): string {
  return `devstack-multinode ${labName(lab)}`;
}

/** Environment entry that every process started for the lab carries. */
export function labMark(lab: LabIdentity): string {
  return `DEVSTACK_MULTINODE_LAB=${labName(lab)}`;
}

/** Environment entry that every process started for one node carries. */
export function nodeMark(lab: LabIdentity, node: string): string {
  return `DEVSTACK_MULTINODE_NODE=${labName(lab)}/${node}`;
}
