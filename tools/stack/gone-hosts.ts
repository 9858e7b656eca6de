/** Existing hosts of a stack that are there no longer. */

import { AccessFailure } from "../../providers/remote/access-failure.ts";
import type { NodeHandle } from "../../providers/remote/node-handle.ts";
import { closeConnections, ensureConnected } from "../../providers/remote/pool.ts";
import { ABANDON_VARIABLE } from "../../providers/stack-inventory.ts";
import { recordedPreflight } from "./preflight.ts";
import type { PulumiStack } from "./pulumi.ts";

/** A host that is gone, and how that shows. */
export interface GoneHost {
  /** Name of its node. */
  readonly name: string;
  readonly reason: string;
}

/**
 * The hosts that a state records and that do not answer, or in whose place another machine does: clouds give addresses to
 * others. One that answers and does not let us in, or is behind a jump host that fails, is not known to be gone.
 */
export async function goneHosts(state: string): Promise<readonly GoneHost[]> {
  const handles = recordedPreflight(state)?.handles ?? [];
  try {
    const looks = await Promise.all(handles.filter(({ server }) => server === undefined).map(look));
    return looks.flat();
  } finally {
    closeConnections();
  }
}

async function look(node: NodeHandle): Promise<readonly GoneHost[]> {
  try {
    await ensureConnected(node);
    return [];
  } catch (error) {
    if (!(error instanceof AccessFailure)) throw error;
    const { stage, mismatch, message } = error;
    const isGone = stage === "reach" || (stage === "host key" && mismatch !== undefined);
    return isGone ? [{ name: node.name, reason: message }] : [];
  }
}

/** The stack as it is spoken of when some of its hosts are given up for this run. */
export function abandoning(target: PulumiStack, hosts: readonly GoneHost[]): PulumiStack {
  const names = hosts.map(({ name }) => name).join(",");
  return { ...target, environment: { ...target.environment, [ABANDON_VARIABLE]: names } };
}
