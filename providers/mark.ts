/** The mark on everything we make on a node: whose it is, and which generation of which resource made it. */
import { randomBytes } from "node:crypto";
import { StepError } from "./remote/error.ts";

/** Who owns an object. We change and delete only what carries our own stack's mark. */
export interface Mark {
  /** `<stack>-<id>`: the stack, and the id of its state. */
  environment: string;
  /** Logical name of the resource. */
  resource: string;
  /** New with every creation: a late delete leaves alone what another generation has taken over. */
  generation: string;
}

/** The keys under which the parts of a mark are stored beside an object. */
export const markKeys = {
  environment: "devstack-multinode",
  resource: "devstack-multinode-resource",
  generation: "devstack-multinode-generation",
} as const;

/** A mark as one line of text, for objects that hold only that. */
export function markText(mark: Mark): string {
  return `${markKeys.environment} ${mark.environment} ${mark.resource} ${mark.generation}`;
}

/** Reads a mark back from its line; undefined for any other text. */
export function parseMark(text: string): Mark | undefined {
  const [key, environment, resource, generation] = text.trim().split(" ");
  if (key !== markKeys.environment || environment === undefined || resource === undefined || generation === undefined)
    return undefined;
  return { environment, resource, generation };
}

/** A new generation, revision or incarnation: twelve hexadecimal digits. */
export function newGeneration(): string {
  return randomBytes(6).toString("hex");
}

/** An object of another owner stands where ours should be. It was left as it is, and nothing of ours was made. */
export class ForeignObject extends StepError {}

/** The text of such a refusal. */
export function foreignObject(what: string, owner: string | undefined, removal: string): string {
  const whose = owner === undefined ? "was not made by devstack-multinode" : `belongs to the environment ${owner}`;
  return `${what} is there already and ${whose}; it was left as it is.
    expected  nothing of this name, or what this stack made
    write     ${removal}   (if nobody needs it), then run \`up\` again`;
}
