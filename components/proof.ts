/** The proof at the end of an `up`, as deep as the configuration asks for. */
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Plan, UnderlayFacts } from "../model/plan.ts";
import type { VerifyDepth } from "../model/settings.ts";
import type { Environment } from "../providers/environment.ts";
import { Verification } from "../providers/verification.ts";
import type { TestNode } from "./nodes/node-set.ts";
import type { OverlayNetwork } from "./overlay-network.ts";

/** What is proven, and on what. */
export interface ProofArgs {
  readonly depth: VerifyDepth;
  readonly plan: pulumi.Output<Plan>;
  readonly underlay: pulumi.Output<UnderlayFacts>;
  readonly nodes: readonly TestNode[];
  readonly networks: readonly OverlayNetwork[];
  readonly environment: Environment;
  /** Everything that has to be in place before: the proof is the last step. */
  readonly after: readonly pulumi.Resource[];
}

/** The stack's output `verification`; undefined when the configuration asks for no proof. */
export function proveStack(
  args: ProofArgs,
): pulumi.Output<{ checks: number; failed: never[]; report: string }> | undefined {
  if (args.depth === "none") return undefined;
  const report = args.environment.folder.apply((folder) => join(folder, "verification.json"));
  const verification = new Verification(
    "verification",
    {
      plan: args.plan,
      nodes: pulumi.all(args.nodes.map(({ handle }) => handle)),
      family: args.underlay.family,
      report,
      revisions: pulumi.all(args.networks.flatMap(({ revisions }) => revisions)),
    },
    { dependsOn: [...args.after] },
  );
  // A check that fails fails the `up`: outputs of one that ended well have no failed checks.
  return pulumi.all([verification.checks, report]).apply(([checks, path]) => ({ checks, failed: [], report: path }));
}
