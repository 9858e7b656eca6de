/** Proves a deployed stack, and tells what came of it. */
import { statSync } from "node:fs";
import { renderCauses } from "../../model/diagnosis/cause.ts";
import { type CheckResult, renderChecks } from "../../model/verification.ts";
import { StepError } from "../../providers/remote/error.ts";
import { closeConnections } from "../../providers/remote/pool.ts";
import { verify } from "../../providers/verification/verify.ts";
import type { VerificationInputs } from "../../providers/verification.ts";
import { UserError } from "../support/user-error.ts";
import { resourcesOfType } from "./state.ts";

/** One check that failed. */
export interface FailedCheck {
  readonly from: string;
  readonly to: string;
  /** What was checked, e.g. `overlay`. */
  readonly kind: string;
  readonly detail: string;
}

/** What a verification found; the shape of the stack's output `verification`. */
export interface Verification {
  /** How many checks were made. */
  readonly checks: number;
  readonly failed: readonly FailedCheck[];
  /** Path of the report with every check and its time. */
  readonly report: string;
  /** Why the proof is not as deep as asked for; absent when it is. */
  readonly note?: string;
  /** What is likely to have made checks fail, in words; absent where none failed. */
  readonly causes?: readonly string[];
}

/** A verification, and everything that it checked. */
export interface Verified {
  readonly verification: Verification;
  readonly results: readonly CheckResult[];
}

/** Type of the resource that records what a stack's verification is about. */
const VERIFICATION_TYPE = "pulumi-nodejs:dynamic/verification:Verification";

/**
 * What the stack's last `up` recorded for its verification: the plan and how to reach the nodes. Null when nothing is
 * recorded. The outputs hold the inputs too, and are the newer ones where a check failed during an update.
 */
export function recordedInputs(state: string): VerificationInputs | null {
  const [recorded] = resourcesOfType(state, VERIFICATION_TYPE);
  return (recorded?.outputs as VerificationInputs | undefined) ?? null;
}

/** Makes every check of a deployed stack now, from what its state records. */
export async function verifyStack(stack: string, state: string | null): Promise<Verified> {
  const inputs = state === null ? null : recordedInputs(state);
  if (inputs === null) {
    throw new UserError(
      `stack ${stack}: nothing is recorded to verify. Either it is not deployed (npm start -- ${stack}), or its configuration says verify: none.`,
    );
  }
  try {
    const { results, failed, note, causes } = await verify(inputs, (line) =>
      process.stderr.write(`${stack}: ${line}\n`),
    );
    const verification = {
      checks: results.length,
      failed: failed.map(({ from, to, kind, detail }) => ({ from, to, kind, detail })),
      report: inputs.report,
      ...(note === "" ? {} : { note }),
      ...(causes.length === 0 ? {} : { causes: renderCauses(causes).split("\n") }),
    };
    return { verification, results };
  } catch (error) {
    if (error instanceof StepError) throw new UserError(`stack ${stack} cannot be verified: ${error.message}`);
    throw error;
  } finally {
    closeConnections();
  }
}

/** Whether the verification in the outputs was made at or after a time (milliseconds since 1970): its report tells. */
export function isFresh(verification: Verification | undefined, sinceMs: number): boolean {
  if (verification === undefined) return false;
  const report = statSync(verification.report, { throwIfNoEntry: false });
  return report !== undefined && report.mtimeMs >= sinceMs;
}

/** The table of everything that was checked, and what was found, for a person who asked for it. */
export function describeVerified({ verification, results }: Verified): string {
  const { report } = verification;
  return [`${renderChecks(results)}\n`, ...details(verification), `report: ${report}`].join("\n");
}

/** What a verification found, in lines for a person. */
export function describeVerification(verification: Verification): string {
  const { checks, failed, report } = verification;
  const head = failed.length === 0 ? `${checks} checks, all held` : `${checks} checks, ${failed.length} failed`;
  return [`${head} (${report})`, ...details(verification)].join("\n");
}

function details({ failed, note, causes = [] }: Verification): readonly string[] {
  const lines = failed.map(({ from, to, kind, detail }) => `  ${kind} ${from} -> ${to}: ${detail}`);
  return [...lines, ...causes, ...(note === undefined ? [] : [note])];
}
