/** The proof at the end of an `up`, as deep as the configuration asks for. */
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { guestFacts } from "../model/guests/plan.ts";
import type { Plan, UnderlayFacts } from "../model/plan.ts";
import type { Settings } from "../model/settings.ts";
import type { Environment } from "../providers/environment.ts";
import { Verification } from "../providers/verification.ts";
import type { TestNode } from "./nodes/node-set.ts";

/** What is proven, and on what. */
export interface ProofArgs {
  readonly settings: Settings;
  readonly plan: pulumi.Output<Plan>;
  readonly underlay: pulumi.Output<UnderlayFacts>;
  readonly nodes: readonly TestNode[];
  /** Revisions of everything the proof depends on: another one means that it has to be made again. */
  readonly revisions: readonly pulumi.Output<string>[];
  readonly environment: Environment;
  /** Everything that has to be in place before: the proof is the last step. */
  readonly after: readonly pulumi.Resource[];
}

/** The stack's output `verification`; undefined when the configuration asks for no proof. */
export function proveStack(
  args: ProofArgs,
): pulumi.Output<{ checks: number; failed: never[]; report: string; note?: string }> | undefined {
  const { settings, environment } = args;
  if (settings.verify === "none") return undefined;
  const report = environment.folder.apply((folder) => join(folder, "verification.json"));
  const verification = new Verification(
    "verification",
    {
      plan: args.plan,
      nodes: pulumi.all(args.nodes.map(({ handle }) => handle)),
      family: args.underlay.family,
      report,
      ...(settings.verify === "guests"
        ? { guests: pulumi.output(environment.mark).apply((mark) => guestFacts(settings, mark)) }
        : {}),
      revisions: pulumi.all([...args.revisions]),
    },
    { dependsOn: [...args.after] },
  );
  // A check that fails fails the `up`: outputs of one that ended well have no failed checks.
  return pulumi.all([verification.checks, report, verification.note]).apply(([checks, path, note]) => ({
    checks,
    failed: [],
    report: path,
    ...(note === "" ? {} : { note }),
  }));
}
