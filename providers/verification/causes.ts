/** Looks for the causes of failed checks on the nodes. */
import { type Explanation, explain } from "../../model/diagnosis/explain.ts";
import type { CheckResult } from "../../model/verification.ts";
import type { VerificationInputs } from "../verification.ts";
import { inspectNodes } from "./inspect.ts";

/** The causes of failed checks, and where their packets were last seen. */
export async function findCauses(
  { plan, nodes }: VerificationInputs,
  failed: readonly CheckResult[],
): Promise<Explanation> {
  const underlay = Object.fromEntries(nodes.map(({ name, address }) => [name, address]));
  const found = await inspectNodes(plan, nodes, silentNodes(failed));
  return explain({ plan, underlay }, found, failed);
}

/** Nodes whose checks could not be made at all are a failed check from the node to itself, with the reason. */
function silentNodes(failed: readonly CheckResult[]): Readonly<Record<string, string>> {
  const silent = failed.filter(({ kind, from, to }) => kind === "underlay" && from === to);
  return Object.fromEntries(silent.map(({ from, detail }) => [from, detail]));
}
