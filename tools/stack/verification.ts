/** Proves a deployed stack, and tells what came of it. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "../support/project.ts";
import { UserError } from "../support/user-error.ts";
import type { StackOutputs } from "./outputs.ts";

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
}

/** What the provider side is asked to verify. */
export interface DeployedStack {
  readonly stack: string;
  /** The stack's outputs as `pulumi stack output --json` gives them. */
  readonly outputs: StackOutputs;
}

/** The provider side's function, in `providers/verification/deployed.ts`. */
export type VerifyDeployed = (deployed: DeployedStack) => Promise<Verification>;

/** Makes every check of a deployed stack now. */
export async function verifyStack(stack: string, outputs: StackOutputs): Promise<Verification> {
  if (outputs.nodes === undefined) {
    throw new UserError(
      `stack ${stack} is not deployed: there is nothing to verify. Deploy it with: npm start -- ${stack}`,
    );
  }
  const file = join(projectFolder, "providers", "verification", "deployed.ts");
  const { verifyDeployed } = (await import(file)) as { verifyDeployed: VerifyDeployed };
  return await verifyDeployed({ stack, outputs });
}

/** Whether the verification in the outputs was made at or after a time (milliseconds since 1970): its report tells. */
export function isFresh(verification: Verification | undefined, sinceMs: number): boolean {
  if (verification === undefined) return false;
  const report = statSync(verification.report, { throwIfNoEntry: false });
  return report !== undefined && report.mtimeMs >= sinceMs;
}

/** What a verification found, in lines for a person. */
export function describeVerification(verification: Verification): string {
  const { checks, failed, report } = verification;
  const head = failed.length === 0 ? `${checks} checks, all held` : `${checks} checks, ${failed.length} failed`;
  const lines = failed.map(({ from, to, kind, detail }) => `  ${kind} ${from} -> ${to}: ${detail}`);
  return [`${head} (${report})`, ...lines].join("\n");
}
