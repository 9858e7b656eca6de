/** Proves a stack: runs every check of its plan and writes the report. */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { type CheckResult, planChecks, renderChecks, renderFailures } from "../../model/verification.ts";
import type { VerificationInputs } from "../verification.ts";
import { checkFrom } from "./pings.ts";

/** What a verification found. */
export interface Proof {
  /** Every check with what came of it. */
  results: CheckResult[];
  /** Those that failed. */
  failed: CheckResult[];
}

/** Makes every check, all nodes at once, and writes the report. Failed checks are in the result, not thrown. */
export async function verify(inputs: VerificationInputs): Promise<Proof> {
  const { plan, nodes, family } = inputs;
  const started = new Date();
  const addresses = Object.fromEntries(nodes.map(({ name, address }) => [name, address]));
  const checks = planChecks(plan, addresses, family);
  const mtus = plan.overlays.map(({ bridge, mtu }) => ({ bridge, mtu }));
  const perNode = await Promise.all(
    nodes.map((node) =>
      checkFrom(
        node,
        checks.filter(({ from }) => from === node.name),
        mtus,
      ),
    ),
  );
  const results = perNode.flat();
  const proof = { results, failed: results.filter(({ held }) => !held) };
  writeReport(inputs, started, proof);
  return proof;
}

/** The table of all checks and the list of those that failed, for a terminal. */
export function describeProof({ results }: Proof): string {
  return [renderChecks(results), renderFailures(results)].filter((text) => text !== "").join("\n\n");
}

function writeReport({ plan, report }: VerificationInputs, started: Date, { results, failed }: Proof): void {
  const seconds = (Date.now() - started.getTime()) / 1000;
  const text = JSON.stringify(
    {
      stack: plan.stack,
      flavor: plan.flavor,
      started: started.toISOString(),
      seconds,
      checks: results.length,
      failed,
      results,
    },
    null,
    2,
  );
  mkdirSync(dirname(report), { recursive: true, mode: 0o700 });
  writeFileSync(`${report}.new`, text, { mode: 0o600 });
  renameSync(`${report}.new`, report);
}
