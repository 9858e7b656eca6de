/** Connects to all hosts at once, and finds out what is wrong with them. Nothing is changed on any. */
import type { HostProblem } from "../../model/preflight/problem.ts";
import type { PreflightHost, PreflightInputs, PreflightOutputs } from "../preflight.ts";
import { AccessFailure } from "../remote/access-failure.ts";
import type { NodeHandle } from "../remote/node-handle.ts";
import { accessProblem } from "./access-problem.ts";
import { reach } from "./reach.ts";

/** What came of it. */
export interface CheckedHosts {
  /** Ordered by host. */
  readonly problems: readonly HostProblem[];
  /** Of the hosts that were logged in to, and, of those that were not, what is on record. */
  readonly handles: NodeHandle[];
}

/** @param record what is on record of earlier checks: host keys that were learned then are not learned again */
export async function checkHosts(inputs: PreflightInputs, record?: PreflightOutputs): Promise<CheckedHosts> {
  const results = await Promise.all(inputs.hosts.map((host) => checkHost(host, inputs, record)));
  return {
    problems: results.flatMap(({ problems }) => problems),
    handles: results.flatMap(({ handle }) => handle ?? []),
  };
}

interface CheckedOne {
  readonly problems: readonly HostProblem[];
  readonly handle: NodeHandle | undefined;
}

async function checkHost(
  host: PreflightHost,
  inputs: PreflightInputs,
  record: PreflightOutputs | undefined,
): Promise<CheckedOne> {
  const known = recordOf(host, record);
  try {
    return { problems: [], handle: await reach(host, known, inputs.seconds) };
  } catch (error) {
    if (!(error instanceof AccessFailure)) throw error;
    return { problems: [accessProblem(host, error)], handle: known };
  }
}

/** What is on record of the same host: another incarnation at its address is another host. */
function recordOf(host: PreflightHost, record: PreflightOutputs | undefined): NodeHandle | undefined {
  const same = (other: PreflightHost): boolean =>
    other.host === host.host && other.port === host.port && other.incarnation === host.incarnation;
  const old = record?.hosts.find(same);
  return old === undefined ? undefined : record?.handles.find(({ name }) => name === old.name);
}
