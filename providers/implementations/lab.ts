/** Implementations of the embedded lab's resources. */
import { setTimeout as pause } from "node:timers/promises";
import { SSH_PORT } from "../../model/ssh-port.ts";
import { accept, changedProperties, difference, gone, type Implementation, PartlyDone } from "../implementation.ts";
import { bootNode, hostKeyOf, removeNode, tailOfLog } from "../lab/boot.ts";
import { identityFile, type LabIdentity, labFolder, nodeFolder } from "../lab/folders.ts";
import { isLabNodeGone, type NodeRecord, runningNode } from "../lab/liveness.ts";
import type { NodeSpec } from "../lab/node-spec.ts";
import { sweepLab } from "../lab/sweep.ts";
import { makeUnderlay, removeUnderlay } from "../lab/underlay.ts";
import { hasRouter, missingOfWay, noWay, wayAdvice } from "../lab/way.ts";
import type { LabInputs, LabNodeInputs, LabNodeOutputs, LabUnderlayInputs, LabUnderlayOutputs } from "../lab.ts";
import { newGeneration } from "../mark.ts";
import { messageOf, StepError } from "../remote/error.ts";
import type { NodeHandle } from "../remote/node-handle.ts";
import { forget } from "../remote/pool.ts";
import { sh } from "../remote/quote.ts";
import { run } from "../remote/run.ts";

/** Seconds from a node's start to its answer over SSH. */
const bootSeconds = 30;

/** Milliseconds between two tries to reach a booting node. */
const tryInterval = 50;

export const lab: Implementation<LabInputs, LabInputs> = {
  check: accept,
  diff: async (_id, olds, news) => difference(olds, news, ["lab"], []),

  async create(inputs) {
    if (process.getuid?.() !== 0) {
      throw new Error(`the embedded lab makes network namespaces and needs root.
    expected  nodes.backend lab run by root
    given     user id ${process.getuid?.()}
    write     run the same command as root`);
    }
    return { id: `${inputs.lab.stack}-${inputs.lab.id}`, outs: inputs };
  },

  read: async (id, outs) => ({ id, props: outs, inputs: outs }),
  update: async (_id, _olds, news) => ({ outs: news }),
  delete: async (_id, outs) => await sweepLab(outs.lab),
};

export const labUnderlay: Implementation<LabUnderlayInputs, LabUnderlayOutputs> = {
  check: accept,
  diff: async (_id, olds, news) => difference(olds, news, ["lab", "spec"], ["project"]),

  async create(inputs) {
    await makeUnderlay(inputs.lab, inputs.spec, inputs.project);
    return { id: `${inputs.lab.stack}-${inputs.lab.id}`, outs: { ...inputs, generation: newGeneration() } };
  },

  async read(id, outs) {
    if (!hasRouter(outs.lab)) return gone;
    const missing = missingOfWay(outs.lab, outs.spec.range);
    if (missing.length > 0)
      throw new StepError("this machine", "look for the way to the lab", noWay(missing) + wayAdvice(outs.lab));
    const { generation, ...inputs } = outs;
    return { id, props: { ...inputs, generation }, inputs };
  },

  update: async (_id, olds, news) => ({ outs: { ...news, generation: olds.generation } }),
  delete: async (_id, outs) => await removeUnderlay(outs.lab),
};

export const labNode: Implementation<LabNodeInputs, LabNodeOutputs> = {
  check: accept,

  async diff(_id, olds, news) {
    const replaces = changedProperties(olds, news, ["lab", "spec", "underlay"]);
    const updates = changedProperties(olds, news, ["project"]);
    return { changes: replaces.length + updates.length > 0, replaces, deleteBeforeReplace: true };
  },

  async create(inputs) {
    const record = await bootNode(inputs.lab, inputs.spec, inputs.project);
    const handle = handleOf(inputs.lab, inputs.spec, record);
    const created = { id: `${handle.name}/${record.incarnation}`, outs: { ...inputs, handle } };
    try {
      await answering(handle, inputs);
    } catch (error) {
      throw error instanceof Error ? new PartlyDone(created.id, created.outs, error) : error;
    }
    return created;
  },

  async read(id, outs) {
    const { handle, ...inputs } = outs;
    return isLabNodeGone(labFolder(outs.lab), outs.spec.name, handle.incarnation) ? gone : { id, props: outs, inputs };
  },

  /** A node that is on record but never answered is waited for once more: only its end makes it anew. */
  async update(_id, olds, news) {
    await answering(olds.handle, news);
    return { outs: { ...news, handle: olds.handle } };
  },

  delete: async (_id, outs) => await removeNode(outs.lab, outs.spec.name, outs.spec.number, outs.handle.incarnation),
};

function handleOf(lab: LabIdentity, spec: NodeSpec, record: NodeRecord): NodeHandle {
  const folder = labFolder(lab);
  return {
    name: spec.name,
    address: spec.address,
    host: spec.address,
    port: SSH_PORT,
    user: "root",
    hostKey: hostKeyOf(lab, spec.name),
    identityFile: identityFile(folder),
    incarnation: record.incarnation,
    lab: folder,
  };
}

/** Waits until the node answers over SSH; a node whose first process ended meanwhile is told with what it printed. */
async function answering(handle: NodeHandle, { lab, spec }: LabNodeInputs): Promise<void> {
  const step = "boot";
  const deadline = Date.now() + bootSeconds * 1000;
  for (;;) {
    try {
      await run(handle, step, sh`true`, { seconds: 5 });
      return;
    } catch (error) {
      forget(handle);
      const log = (): string => tailOfLog(nodeFolder(labFolder(lab), spec.name));
      if (runningNode(labFolder(lab), spec.name) === undefined)
        throw new StepError(spec.name, step, "its first process ended", log());
      if (Date.now() > deadline)
        throw new StepError(spec.name, step, `no answer over SSH within ${bootSeconds} s: ${messageOf(error)}`, log());
      await pause(tryInterval);
    }
  }
}
