/** The mark on everything that a check leaves on a node for its time. */
import { PROBE_RESOURCE } from "../../../model/guests/names.ts";
import { type Mark, markText } from "../../mark.ts";

/** One for every run of an environment: the next run removes what an interrupted one left. */
export function probeMark(environment: string): Mark {
  return { environment, resource: PROBE_RESOURCE, generation: PROBE_RESOURCE };
}

/** The mark as an interface's alias. */
export function probeAlias(environment: string): string {
  return markText(probeMark(environment));
}
