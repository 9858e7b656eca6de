/** How marks stand in Open vSwitch's database, and how its client program is called. */
import { type Mark, markKeys } from "../mark.ts";
import { sh } from "../remote/quote.ts";

/** Seconds `ovs-vsctl` waits for the switch daemon to carry a change out. */
const applySeconds = 10;

/** The client program with the options of every call. */
export const vsctl = sh`ovs-vsctl --timeout=${applySeconds} --format=json`;

/** Text that `ovs-vsctl` prints of a map with this part of the mark in it. */
export function carriesMark(mark: Mark, part: keyof Mark = "environment"): string {
  return JSON.stringify([markKeys[part], mark[part]]);
}

/** The mark as columns to set. */
export function externalIds(mark: Mark): string[] {
  return Object.entries(markKeys).map(([part, key]) => `external_ids:${key}=${mark[part as keyof Mark]}`);
}

/** The mark in a map column; undefined when there is none of ours. */
export function markOf(ids: Record<string, string>): Mark | undefined {
  const environment = ids[markKeys.environment];
  if (environment === undefined) return undefined;
  return { environment, resource: ids[markKeys.resource] ?? "", generation: ids[markKeys.generation] ?? "" };
}
