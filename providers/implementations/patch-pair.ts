/** Implementation of a pair of patch ports. */
import {
  type FoundPatchPort,
  findPatchPorts,
  makePatchPorts,
  type PatchPort,
  parsePatchPorts,
  patchPortsBetween,
  removePatchPorts,
} from "../drivers/patch-ports.ts";
import { accept, differenceOnNodes } from "../implementation.ts";
import { ForeignObject, foreignObject } from "../mark.ts";
import { markedObject, recorded } from "../marked-object.ts";
import type { PatchPairInputs, PatchPairOutputs } from "../patch-pair.ts";
import { StepError } from "../remote/error.ts";
import { isNodeGone } from "../remote/node-handle.ts";
import { run } from "../remote/run.ts";

/** Both ports in one transaction; one that has lost its peer, its mark or itself is drift of `peers`. */
export const patchPair = markedObject<PatchPairInputs, PatchPairOutputs>({
  check: accept,
  diff: async (_id, olds, news) =>
    differenceOnNodes(olds, news, "node", ["bridges", "generations", "environment"], ["peers"]),
  leftover: (outs) => `the patch ports between ${outs.bridges.join(" and ")}`,
  place: ({ node, bridges }) => `${node.name}/${bridges.join("--")}`,
  record: (inputs, olds) => ({ ...inputs, ...recorded(olds) }),
  inputsOf: ({ generation, revision, ...inputs }) => inputs,
  make,

  async find(outs) {
    const found = isNodeGone(outs.node)
      ? []
      : parsePatchPorts(await run(outs.node, stepOf("read", outs), findPatchPorts(portsOf(outs))));
    const ours = found.filter(({ mark }) => mark?.environment === outs.environment);
    if (ours.length === 0) return undefined;
    return { peers: portsOf(outs).map(({ name }) => ours.find((port) => port.name === name)?.peer ?? "") };
  },

  async delete(_id, outs) {
    if (isNodeGone(outs.node)) return;
    await run(outs.node, stepOf("remove", outs), removePatchPorts(portsOf(outs), outs));
  },
});

function portsOf({ bridges: [one = "", other = ""] }: PatchPairInputs): readonly PatchPort[] {
  return patchPortsBetween(one, other);
}

function stepOf(verb: string, { bridges }: PatchPairInputs): string {
  return `${verb} the patch ports between ${bridges.join(" and ")}`;
}

async function make(outs: PatchPairOutputs): Promise<PatchPairOutputs> {
  const step = stepOf("make", outs);
  const ports = portsOf(outs);
  const found = parsePatchPorts(await run(outs.node, step, makePatchPorts(ports, outs)));
  // Where one of the ports is another's, neither was made: it is told before the other is missed.
  const theirs = found.find(({ mark }) => mark?.environment !== outs.environment);
  if (theirs !== undefined) throw new ForeignObject(outs.node.name, step, refusal(theirs, outs));
  for (const port of ports) {
    const problem = problemOf(port, found);
    if (problem !== "") throw new StepError(outs.node.name, step, problem);
  }
  return outs;
}

function refusal({ name, mark }: FoundPatchPort, { node }: PatchPairInputs): string {
  return foreignObject(`a port named ${name}`, mark?.environment, `on ${node.name}: ovs-vsctl del-port ${name}`);
}

function problemOf(port: PatchPort, found: FoundPatchPort[]): string {
  const made = found.find(({ name }) => name === port.name);
  if (made === undefined) return `read back, port ${port.name} is not there`;
  return made.peer === port.peer
    ? ""
    : `read back, the peer of ${port.name} is ${made.peer || "none"}, not ${port.peer}`;
}
