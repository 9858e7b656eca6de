/** Implementation of the pre-flight. */
import { describePreflight, problemLines } from "../../model/preflight/report.ts";
import { difference, type Implementation, PartlyDone } from "../implementation.ts";
import { checkHosts, type FindKeyPlaces } from "../preflight/check-hosts.ts";
import type { PreflightInputs, PreflightOutputs } from "../preflight.ts";
import { askForNodes, isNodeGone } from "../remote/node-handle.ts";
import { stackKeyPlaces, stackOf } from "../stack-inventory.ts";

/** Changes no host; the handles in its outputs are those of hosts that passed. */
export const preflight: Implementation<PreflightInputs, PreflightOutputs> = {
  check: async (_olds, news) => ({ inputs: { ...news, problems: [] } }),
  diff: async (_id, olds, news) => difference(olds, news, [], ["hosts", "environment", "expectations", "problems"]),
  create: async (inputs) => ({ id: "preflight", outs: await pass(inputs) }),

  /** Problems are drift: the update that mends it makes the pre-flight again, and fails with the whole report. */
  async read(id, outs) {
    const { handles, ...inputs } = outs;
    await askForNodes(handles);
    const there = outs.hosts.filter(
      ({ name }) => !handles.some((handle) => handle.name === name && isNodeGone(handle)),
    );
    const found = await checkHosts({ ...inputs, hosts: there, seconds: 0 }, placesOf(inputs), outs);
    if (found.problems.length > 0) console.log(describePreflight(found.problems, there.length));
    const problems = problemLines(found.problems);
    return { id, inputs: { ...inputs, problems }, props: { ...outs, problems } };
  },

  update: async (_id, olds, news) => ({ outs: await pass(news, olds) }),
  delete: async () => {},
};

/**
 * Checks the hosts.
 *
 * @throws PartlyDone with the report; the host keys seen so far stay on record
 */
async function pass(inputs: PreflightInputs, olds?: PreflightOutputs): Promise<PreflightOutputs> {
  const { problems, handles } = await checkHosts(inputs, placesOf(inputs), olds);
  const outs = { ...inputs, problems: problemLines(problems), handles };
  if (problems.length === 0) return outs;
  throw new PartlyDone("preflight", outs, new Error(describePreflight(problems, inputs.hosts.length)));
}

function placesOf({ environment }: PreflightInputs): FindKeyPlaces {
  return async () => await stackKeyPlaces(stackOf(environment));
}
