/** Proves a stack with probe guests on all its nodes, and takes them away again. */
import { type GuestCheck, planGuestChecks } from "../../model/guests/checks.ts";
import { type GuestFacts, type GuestNetwork, planGuests } from "../../model/guests/plan.ts";
import { nodeName, PRIMARY_NUMBER } from "../../model/nodes.ts";
import type { Plan } from "../../model/plan.ts";
import type { CheckResult } from "../../model/verification.ts";
import { messageOf, StepError } from "../remote/error.ts";
import { holding, type LockWish } from "../remote/hold.ts";
import type { NodeHandle } from "../remote/node-handle.ts";
import { attempt, run, stepSeconds } from "../remote/run.ts";
import { type Asked, asked, final, type Made, type Turn } from "./asking.ts";
import { fewAtOnce, turnsFor } from "./few-at-once.ts";
import { probeResults } from "./guests/answers.ts";
import { cleanNode } from "./guests/clean.ts";
import { probeScript } from "./guests/probes.ts";
import { setUpScript, TAKEN, UNABLE } from "./guests/setup.ts";
import { keysAsInput, makeKeys } from "./guests/ssh.ts";
import { traceTemporary } from "./guests/trace.ts";

/** Seconds that making the guests of a node may take. */
const setUpSeconds = 20;

/** Seconds that the checks of a node may take, and for each of them besides: the primary logs in to every guest. */
const checkSeconds = 25;
const secondsPerCheck = 0.1;

/**
 * Two checks with guests of one stack would take each other's guests away, also when they are started on two machines: the lock
 * is on the primary, which both need. A folder is locked, so that nothing is left of it; that of `alone` is another one.
 */
function oneAtATime(nodes: number): LockWish {
  return {
    path: "/var/lib",
    awaited: "another verification of this stack",
    answerSeconds: 8,
    waitSeconds: 60,
    // Every node at its deadline in each step, where checks are made twice, and as long again.
    holdSeconds: 2 * turnsFor(nodes) * (setUpSeconds + 2 * checkSeconds + stepSeconds),
  };
}

/** What was found. */
export interface GuestProof {
  readonly results: readonly CheckResult[];
  /** Why nothing was checked with guests, for the user; absent where they were there. */
  readonly without?: string;
}

/** Gives the results of what was asked with guests, and of what was asked besides. */
type Settle = (asked: readonly Asked[]) => Promise<readonly CheckResult[]>;

/**
 * Sets guests up on every node, makes every check, and takes them away, whatever happens. A node that fails is a failed
 * check; one that cannot carry guests makes the proof one without guests.
 *
 * @param say told what is waited for
 * @param settle called once, while the guests are there
 * @throws StepError when a name or an address of the guests is in use by somebody else, or another check does not end
 */
export async function proveWithGuests(
  plan: Plan,
  nodes: readonly NodeHandle[],
  facts: GuestFacts,
  say: (line: string) => void,
  settle: Settle,
): Promise<GuestProof> {
  const network = planGuests(plan, facts);
  if ("reason" in network) return { results: await settle([]), without: network.reason };
  const primary = nodes.find(({ name }) => name === nodeName(PRIMARY_NUMBER));
  const prove = (): Promise<GuestProof> => setUpAndCheck(network, nodes, facts, settle);
  return primary === undefined ? await prove() : await holding(primary, oneAtATime(nodes.length), say, prove);
}

async function setUpAndCheck(
  network: GuestNetwork,
  nodes: readonly NodeHandle[],
  facts: GuestFacts,
  settle: Settle,
): Promise<GuestProof> {
  const outcomes = await setUpAll(network, nodes, facts);
  // What did not answer is not waited for again: it keeps what it may have until the next check.
  const answering = outcomes.flatMap(({ handle, status }) => (status === undefined ? [] : [handle]));
  const done = await Promise.allSettled([checkAll(network, outcomes, facts, settle)]);
  const addresses = network.nodes.flatMap(({ translates }) => translates.map(({ floating }) => floating));
  // Whatever came of it.
  const left = await removeGuests(answering, facts.environment, addresses);
  const [proof] = done;
  if (proof.status === "rejected") throw proof.reason;
  return { ...proof.value, results: [...proof.value.results, ...left] };
}

/**
 * Removes guests from nodes, also those an interrupted run left.
 *
 * @param addresses of guests that the nodes may remember as their neighbours
 * @returns a failed check for every node that still has some
 */
export async function removeGuests(
  nodes: readonly NodeHandle[],
  environment: string,
  addresses: readonly string[] = [],
): Promise<CheckResult[]> {
  const step = "remove probe guests";
  const began = performance.now();
  const outcomes = await fewAtOnce(nodes, async (node) => {
    try {
      await run(node, step, cleanNode(environment, addresses));
      return [];
    } catch (error) {
      return [failure(node, `${messageOf(error)}; the next check removes them`, began)];
    }
  });
  return outcomes.flat();
}

/** What came of setting a node up. */
interface SetUpOutcome {
  readonly handle: NodeHandle;
  /** Exit status of the script; undefined where the node did not answer. */
  readonly status: number | undefined;
  /** What the script, or the connection, said. */
  readonly said: string;
  /** When it began, in milliseconds of `performance.now()`. */
  readonly began: number;
}

async function setUpAll(
  network: GuestNetwork,
  nodes: readonly NodeHandle[],
  facts: GuestFacts,
): Promise<readonly SetUpOutcome[]> {
  const underlay = Object.fromEntries(nodes.map(({ name, address }) => [name, address]));
  const options = { stdin: keysAsInput(makeKeys()), seconds: setUpSeconds };
  const began = performance.now();
  return await fewAtOnce(network.nodes, async (node): Promise<SetUpOutcome> => {
    const handle = nodes.find(({ name }) => name === node.name);
    if (handle === undefined) throw new Error(`the plan has a node ${node.name}, of which no handle is known`);
    try {
      const script = setUpScript({ facts, network, node, underlay });
      const { status, stdout, stderr } = await attempt(handle, "set up guests", script, options);
      return { handle, status, said: `${stdout}${stderr}`.trim(), began };
    } catch (error) {
      return { handle, status: undefined, said: messageOf(error), began };
    }
  });
}

async function checkAll(
  network: GuestNetwork,
  outcomes: readonly SetUpOutcome[],
  { environment, driver }: GuestFacts,
  settle: Settle,
): Promise<GuestProof> {
  const taken = outcomes.filter(({ status }) => status === TAKEN);
  if (taken.length > 0) {
    const which = taken.map(({ handle, said }) => `${handle.name}: ${said}`).join("\n");
    throw new StepError("verification", "set up guests", "what they need is in use; nothing was changed", which);
  }
  const unable = outcomes.filter(({ status }) => status === UNABLE);
  if (unable.length > 0) {
    const reasons = unable.map(({ handle, said }) => `${handle.name} cannot carry guests: ${said}`);
    return { results: await settle([]), without: reasons.join("; ") };
  }
  const checks = planGuestChecks(network);
  const perNode = await fewAtOnce(outcomes, async ({ handle, status, said, began }): Promise<Asked> => {
    if (status !== 0) return final([failure(handle, said, began)]);
    const own = checks.filter(({ node }) => node === handle.name);
    try {
      const first = await makeChecks(handle, environment, own, "first");
      return asked(first, (silent) => makeChecks(handle, environment, silent, "again"));
    } catch (error) {
      return final([failure(handle, messageOf(error), began)]);
    }
  });
  const ready = outcomes.flatMap(({ handle, status }) => (status === 0 ? [handle] : []));
  return { results: await traceTemporary(network, driver, ready, await settle(perNode)) };
}

async function makeChecks(
  node: NodeHandle,
  environment: string,
  checks: readonly GuestCheck[],
  turn: Turn,
): Promise<readonly Made<GuestCheck>[]> {
  const seconds = Math.ceil(checkSeconds + checks.length * secondsPerCheck);
  const step = turn === "first" ? "check with guests" : "check with guests again";
  return probeResults(await run(node, step, probeScript(environment, checks, turn), { seconds }), checks, turn);
}

/** @param began when what failed began, in milliseconds of `performance.now()` */
function failure({ name }: NodeHandle, said: string, began: number): CheckResult {
  const milliseconds = Math.round(performance.now() - began);
  return { kind: "guest-ping", from: name, to: name, held: false, detail: said, milliseconds };
}
