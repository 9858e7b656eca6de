/** Proves a stack: runs every check of its plan and writes the report. */
import { type Cause, renderCauses } from "../../model/diagnosis/cause.ts";
import { type CheckResult, planChecks, renderChecks, renderFailures } from "../../model/verification.ts";
import { writePrivateFile } from "../private-file.ts";
import { sh } from "../remote/quote.ts";
import { run } from "../remote/run.ts";
import type { VerificationInputs } from "../verification.ts";
import { type Asked, settle } from "./asking.ts";
import { findCauses } from "./causes.ts";
import { fewAtOnce } from "./few-at-once.ts";
import { type GuestProof, proveWithGuests } from "./guests.ts";
import { checkFrom } from "./pings.ts";

/** Seconds in which a node has to answer anything at all. */
const answerSeconds = 10;

/** What a verification found. */
export interface Proof {
  /** Every check with what came of it. */
  results: CheckResult[];
  /** Those that failed. */
  failed: readonly CheckResult[];
  /** Why the proof is not as deep as asked for; empty when it is. */
  note: string;
  /** What is likely to have made checks fail; a text that says so where nothing explains them. */
  causes: readonly Cause[];
}

/**
 * Makes every check, of a few nodes at a time, looks for causes when one fails, and writes the report. Failed checks are in the
 * result, not thrown.
 *
 * @param say told what is waited for
 * @throws StepError when a name or an address of the probe guests is in use by somebody else
 */
export async function verify(inputs: VerificationInputs, say: (line: string) => void = () => {}): Promise<Proof> {
  const started = new Date();
  await findSilent(inputs);
  // It does not reject, so it may be left alone: a node that fails is a failed check.
  const between = betweenNodes(inputs);
  const { results: made, without } = await proveGuests(inputs, say, async (withGuests) =>
    settle([...(await between), ...withGuests], say),
  );
  const wrong = made.filter(({ held }) => !held);
  const { causes, failed } = wrong.length === 0 ? { causes: [], failed: [] } : await findCauses(inputs, wrong);
  const results = [...made.filter(({ held }) => held), ...failed];
  const note = without === undefined ? "" : `checked between nodes only: ${without}`;
  const proof = { results, failed, note, causes };
  writeReport(inputs, started, proof);
  return proof;
}

/** The table of all checks, the list of those that failed, and why they did, for a terminal. */
export function describeProof({ results, note, causes }: Proof): string {
  const why = renderCauses(causes);
  return [renderChecks(results), renderFailures(results), why, note].filter((text) => text !== "").join("\n\n");
}

/** A node that does not answer the least question in time is not waited for again: the proof of the others ends soon. */
async function findSilent({ nodes }: VerificationInputs): Promise<void> {
  await Promise.all(
    // Its checks tell of it.
    nodes.map((node) => run(node, "answer", sh`true`, { seconds: answerSeconds }).catch(() => undefined)),
  );
}

async function betweenNodes({ plan, nodes, family }: VerificationInputs): Promise<readonly Asked[]> {
  const addresses = Object.fromEntries(nodes.map(({ name, address }) => [name, address]));
  const checks = planChecks(plan, addresses, family);
  const mtus = plan.overlays.map(({ bridge, mtu }) => ({ bridge, mtu }));
  return await fewAtOnce(nodes, (node) => {
    const own = checks.filter(({ from }) => from === node.name);
    return checkFrom(node, own, mtus);
  });
}

async function proveGuests(
  { plan, nodes, guests }: VerificationInputs,
  say: (line: string) => void,
  settleAll: (withGuests: readonly Asked[]) => Promise<readonly CheckResult[]>,
): Promise<GuestProof> {
  if (guests === undefined) return { results: await settleAll([]) };
  return await proveWithGuests(plan, nodes, guests, say, settleAll);
}

function writeReport(
  { plan, report }: VerificationInputs,
  started: Date,
  { results, failed, note, causes }: Proof,
): void {
  const seconds = (Date.now() - started.getTime()) / 1000;
  const text = JSON.stringify(
    {
      stack: plan.stack,
      flavor: plan.flavor,
      started: started.toISOString(),
      seconds,
      checks: results.length,
      ...(note === "" ? {} : { note }),
      failed,
      causes,
      results,
    },
    null,
    2,
  );
  writePrivateFile(report, text);
}
