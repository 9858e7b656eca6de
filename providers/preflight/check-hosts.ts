/** Connects to all hosts at once, and finds out what is wrong with them. Nothing is changed on any. */
import type { KeyPlaces } from "../../model/backends/inventory/key-places.ts";
import { problemsBetween } from "../../model/preflight/checks/between.ts";
import { problemsOf } from "../../model/preflight/evaluate.ts";
import type { HostFacts } from "../../model/preflight/facts.ts";
import type { HostProblem, Problem } from "../../model/preflight/problem.ts";
import type { PreflightHost, PreflightInputs, PreflightOutputs } from "../preflight.ts";
import { messageOf, StepError } from "../remote/error.ts";
import type { NodeHandle } from "../remote/node-handle.ts";
import { accessFailureOf, accessProblem, loginOf } from "./access-problem.ts";
import { gatherFacts } from "./gather.ts";
import { reach } from "./reach.ts";

/** What came of it. */
export interface CheckedHosts {
  /** Ordered by host. */
  readonly problems: readonly HostProblem[];
  /** Of the hosts that were logged in to, and, of those that were not, what is on record. */
  readonly handles: NodeHandle[];
}

/**
 * Checks the hosts.
 *
 * @param findPlaces asked where keys of the stack's hosts are written when one of them shows another
 * @param record what is on record of earlier checks: host keys that were learned then are not learned again
 */
export async function checkHosts(
  inputs: PreflightInputs,
  findPlaces: FindKeyPlaces,
  record?: Pick<PreflightOutputs, "hosts" | "handles">,
): Promise<CheckedHosts> {
  const looks = await Promise.all(inputs.hosts.map((host) => look(host, inputs, findPlaces, recordOf(host, record))));
  const compared = looks.flatMap(({ host, handle, facts }) =>
    handle === undefined || facts === undefined ? [] : [{ name: host.name, hostKey: handle.hostKey, facts }],
  );
  const between = problemsBetween(compared);
  return {
    problems: looks.flatMap(({ host, problems }) =>
      [...problems, ...(between.get(host.name) ?? [])].map((problem) => ({
        ...problem,
        host: host.name,
        login: loginOf(host),
      })),
    ),
    handles: looks.flatMap(({ handle }) => handle ?? []),
  };
}

/** Finds where keys are written; undefined where the stack's configuration lists no hosts. */
export type FindKeyPlaces = () => KeyPlaces | undefined | Promise<KeyPlaces | undefined>;

/** One host as seen. */
interface Look {
  readonly host: PreflightHost;
  readonly problems: readonly Problem[];
  readonly handle: NodeHandle | undefined;
  readonly facts?: HostFacts;
}

async function look(
  host: PreflightHost,
  inputs: PreflightInputs,
  findPlaces: FindKeyPlaces,
  known: NodeHandle | undefined,
): Promise<Look> {
  const { environment, expectations, seconds } = inputs;
  let handle = known;
  try {
    handle = await reach(host, known, seconds);
    const facts = await gatherFacts(handle, environment, expectations);
    const { name, address } = host;
    const hostKeys = [handle.hostKey, ...(handle.jump === undefined ? [] : [handle.jump.hostKey])];
    return { host, handle, facts, problems: problemsOf({ name, address, hostKeys, facts, expectations, environment }) };
  } catch (error) {
    const failure = accessFailureOf(error);
    if (failure !== undefined) {
      const places = failure.mismatch === undefined ? undefined : await findPlaces();
      return { host, handle, problems: [accessProblem(host, failure, places)] };
    }
    if (error instanceof StepError) return { host, handle, problems: [unanswered(error)] };
    throw error;
  }
}

/** A host that lets its user in and then does not do what it is asked. */
function unanswered(error: StepError): Problem {
  return {
    subject: "look at the host",
    expected: "a host that answers",
    given: messageOf(error),
    remedy: "see to the host: it may be overloaded, or its disk may be full",
  };
}

/** What is on record of the same host: another one at its address is another host. */
function recordOf(
  host: PreflightHost,
  record: Pick<PreflightOutputs, "hosts" | "handles"> | undefined,
): NodeHandle | undefined {
  const same = (other: PreflightHost): boolean =>
    other.host === host.host && other.port === host.port && identityOf(other) === identityOf(host);
  const old = record?.hosts.find(same);
  const handle = record?.handles.find(({ name }) => name === old?.name);
  return handle === undefined ? undefined : { ...handle, name: host.name };
}

/** What tells hosts at one address apart: a cloud's server keeps its keys when it boots again. */
function identityOf({ server, incarnation }: PreflightHost): string | undefined {
  return server?.id ?? incarnation;
}
