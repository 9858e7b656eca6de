/** What the stack's objects in a cloud are called, and how they are known as the stack's own. */
import { cloudName } from "../naming.ts";
import type { PlannedNode } from "../plan.ts";

/** Key of the mark in a server's metadata, and first word of it in every description. */
export const MARK_KEY = "devstack-multinode";

/** An object's name and description. The description is unique: it holds the mark and the name of the Pulumi resource. */
export interface CloudNames {
  readonly name: string;
  readonly description: string;
}

/**
 * Names of one object.
 * @param mark `<stack>-<id>`, whose it is.
 * @param resource Logical name of its Pulumi resource.
 */
export function cloudNames(mark: string, resource: string): CloudNames {
  return { name: cloudName(mark, resource), description: `${descriptionPrefix(mark)}${resource}` };
}

/** What the descriptions of all objects of a stack start with. */
export function descriptionPrefix(mark: string): string {
  return `${MARK_KEY} ${mark} `;
}

/** Key in a server's metadata of the image that the configuration names. */
export const IMAGE_KEY = `${MARK_KEY}-image`;

/** Metadata of a node's server: names stack, role and image to whoever finds it. */
export function serverMetadata(
  mark: string,
  stack: string,
  node: PlannedNode,
  image: string,
): Readonly<Record<string, string>> {
  return { [MARK_KEY]: mark, [`${MARK_KEY}-stack`]: stack, [`${MARK_KEY}-role`]: node.role, [IMAGE_KEY]: image };
}

/** Tags of an object; the API takes neither commas nor slashes, and 60 characters. */
export function cloudTags(mark: string, role?: string): readonly string[] {
  return [MARK_KEY, cloudName(mark), ...(role === undefined ? [] : [role])];
}
