/** Proves a stack with probe guests on all its nodes, and takes them away again. */
import { planGuestChecks } from "../../model/guests/checks.ts";
import { type GuestFacts, type GuestNetwork, planGuests } from "../../model/guests/plan.ts";
import type { Plan } from "../../model/plan.ts";
import type { CheckResult } from "../../model/verification.ts";
import { messageOf, StepError } from "../remote/error.ts";
import type { NodeHandle } from "../remote/node-handle.ts";
import { attempt, run } from "../remote/run.ts";
import { cleanNode } from "./guests/clean.ts";
import { probeResults, probeScript } from "./guests/probes.ts";
import { setUpScript, TAKEN, UNABLE } from "./guests/setup.ts";
import { keysAsInput, makeKeys } from "./guests/ssh.ts";

/** Seconds that making the guests of a node, and all its checks, may take. */
const setUpSeconds = 20;
const checkSeconds = 25;

/** What was found with guests. */
export interface GuestProof {
  readonly results: readonly CheckResult[];
  /** Why there are no results, for the user; absent where the guests were there. */
  readonly without?: string;
}

/**
 * Sets guests up on every node, makes every check, and takes them away, whatever happens. A node that fails is a failed
 * check; one that cannot carry guests makes the proof one without guests.
 *
 * @throws StepError when a name or an address of the guests is in use by somebody else
 */
export async function proveWithGuests(
  plan: Plan,
  nodes: readonly NodeHandle[],
  facts: GuestFacts,
  meanwhile: () => Promise<void> = async () => undefined,
): Promise<GuestProof> {
  const network = planGuests(plan, facts);
  if ("reason" in network) return { results: [], without: network.reason };
  try {
    const failures = await setUpAll(network, nodes, facts);
    if (typeof failures === "string") return { results: [], without: failures };
    const checks = planGuestChecks(network).filter(({ node }) => !failures.some(({ from }) => from === node));
    const perNode = await Promise.all(
      nodes.map(async (node): Promise<readonly CheckResult[]> => {
        const own = checks.filter((check) => check.node === node.name);
        try {
          const output = await run(node, "check with guests", probeScript(facts.environment, own), {
            seconds: checkSeconds,
          });
          return probeResults(output, own);
        } catch (error) {
          return [failure(node, messageOf(error))];
        }
      }),
    );
    await meanwhile();
    return { results: [...failures, ...perNode.flat()] };
  } finally {
    await removeGuests(nodes, facts.environment);
  }
}

/** Removes guests from nodes, also those an interrupted run left; a node that cannot be reached keeps them. */
export async function removeGuests(nodes: readonly NodeHandle[], environment: string): Promise<void> {
  await Promise.all(
    nodes.map((node) => attempt(node, "remove probe guests", cleanNode(environment)).catch(() => undefined)),
  );
}

/** Failed set-ups as results, or why no guests can be had. */
async function setUpAll(
  network: GuestNetwork,
  nodes: readonly NodeHandle[],
  facts: GuestFacts,
): Promise<CheckResult[] | string> {
  const underlay = Object.fromEntries(nodes.map(({ name, address }) => [name, address]));
  const stdin = keysAsInput(makeKeys());
  const outcomes = await Promise.all(
    nodes.map(async (handle) => {
      const node = network.nodes.find(({ name }) => name === handle.name);
      if (node === undefined) return { handle, status: 0, said: "" };
      const script = setUpScript({ facts, network, node, underlay });
      try {
        const { status, stdout, stderr } = await attempt(handle, "set up guests", script, {
          stdin,
          seconds: setUpSeconds,
        });
        return { handle, status, said: `${stdout}${stderr}`.trim() };
      } catch (error) {
        return { handle, status: -1, said: messageOf(error) };
      }
    }),
  );
  const taken = outcomes.filter(({ status }) => status === TAKEN);
  if (taken.length > 0) {
    const which = taken.map(({ handle, said }) => `${handle.name}: ${said}`).join("\n");
    throw new StepError("verification", "set up guests", "what they need is in use; nothing was changed", which);
  }
  const unable = outcomes.filter(({ status }) => status === UNABLE);
  if (unable.length > 0)
    return unable.map(({ handle, said }) => `${handle.name} cannot carry guests: ${said}`).join("; ");
  return outcomes.filter(({ status }) => status !== 0).map(({ handle, said }) => failure(handle, said));
}

function failure({ name }: NodeHandle, said: string): CheckResult {
  return { kind: "guest-ping", from: name, to: name, held: false, detail: said };
}
