/** What an interrupted run left in a cloud: it may be in the way of the next, as a port that has a node's address is. */
import { sessionWith } from "../../providers/openstack/session.ts";
import { leftOverText, sweepCloud } from "../../providers/openstack/sweep.ts";
import type { CloudRecordInputs } from "../../providers/openstack-cloud.ts";
import { messageOf } from "../../providers/remote/error.ts";
import { resourcesIn } from "./state.ts";

/** Type of the resource that records in which cloud a stack has something. */
const RECORD_TYPE = "pulumi-nodejs:dynamic/openstack:CloudRecord";

/**
 * Removes what carries the stack's mark in its cloud and is not in its state, saying so. No run of Pulumi does it but `destroy`: a
 * program does not know what its state holds.
 *
 * @param state as Pulumi exports it, without pending operations
 */
export async function removeUnrecorded(state: string, say: (line: string) => void): Promise<void> {
  const resources = resourcesIn(state);
  const kept = new Set(resources.flatMap(({ id }) => (id === undefined ? [] : [id])));
  // More than one where an old one is yet to be deleted.
  const records = resources.flatMap(({ type, outputs }) =>
    type === RECORD_TYPE && outputs !== undefined ? [outputs as CloudRecordInputs] : [],
  );
  for (const { cloud, mark } of records) {
    try {
      for (const object of await sweepCloud(sessionWith(cloud), mark, { kept })) say(`removed ${leftOverText(object)}`);
    } catch (error) {
      say(`what interrupted runs have left in the cloud cannot be removed: ${messageOf(error)}`);
    }
  }
}
