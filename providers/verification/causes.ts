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
  return explain({ plan, underlay }, await inspectNodes(plan, nodes), failed);
}
