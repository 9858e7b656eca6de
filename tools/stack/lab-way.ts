/** The way from this machine to a stack's lab, which is this machine's part of it and no node's. */
import { mendWay } from "../../providers/lab/underlay.ts";
import type { LabUnderlayOutputs } from "../../providers/lab.ts";
import { messageOf } from "../../providers/remote/error.ts";
import { UserError } from "../support/user-error.ts";
import { resourcesOfType } from "./state.ts";

/** Type of the resource that records how the underlay was made. */
const UNDERLAY_TYPE = "pulumi-nodejs:dynamic/lab:Underlay";

/**
 * Puts back what somebody took away of it, saying so: without it no node is reached, and a refresh would fail before it mends
 * anything.
 *
 * @throws UserError that says what stands in the way
 */
export async function restoreWay(state: string, say: (line: string) => void): Promise<void> {
  for (const { outputs } of resourcesOfType(state, UNDERLAY_TYPE)) {
    if (outputs === undefined) continue;
    const { lab, spec } = outputs as LabUnderlayOutputs;
    try {
      for (const missing of await mendWay(lab, spec)) say(`put back ${missing}`);
    } catch (error) {
      throw new UserError(messageOf(error));
    }
  }
}
