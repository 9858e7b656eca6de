/** The runs of devstack that a stack's state records. */
import type { DevstackRunOutputs } from "../../providers/devstack-run.ts";

/** Type of the resource that records where a node's runs live. */
const RUN_TYPE = "pulumi-nodejs:dynamic/devstack:Run";

/** The runs of devstack that a state (as Pulumi exports it, or null for none) records, one a node. */
export function recordedRuns(state: string | null): readonly DevstackRunOutputs[] {
  const { deployment } = JSON.parse(state ?? "{}") as {
    deployment?: { resources?: { type: string; delete?: boolean; outputs?: DevstackRunOutputs }[] };
  };
  return (deployment?.resources ?? []).flatMap(({ type, delete: old, outputs }) =>
    type === RUN_TYPE && old !== true && outputs !== undefined ? [outputs] : [],
  );
}
