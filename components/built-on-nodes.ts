/** What all that is built on a stack's nodes is made from. */
import type * as pulumi from "@pulumi/pulumi";
import type { PlanShape } from "../model/plan.ts";
import type { Settings } from "../model/settings.ts";
import type { TestNode } from "./nodes/node-set.ts";

/** What everything built on nodes needs. */
export interface OnNodesArgs {
  readonly nodes: readonly TestNode[];
  /** `<stack>-<id>`: whose mark everything carries. */
  readonly mark: pulumi.Input<string>;
}

/** What is built to a plan needs as well. */
export interface PlannedOnNodesArgs extends OnNodesArgs {
  readonly settings: Settings;
  readonly plan: PlanShape;
}
