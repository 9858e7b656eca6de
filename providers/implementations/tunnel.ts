/** Implementation of a VXLAN tunnel between two nodes. */
import type { BridgeDriver, FoundTunnelEnd, TunnelEndName, TunnelEndWish } from "../drivers/driver.ts";
import { driverOf } from "../drivers/index.ts";
import { accept, differenceOnNodes } from "../implementation.ts";
import { foreignObject } from "../mark.ts";
import { markedObject, recorded } from "../marked-object.ts";
import { messageOf, StepError } from "../remote/error.ts";
import { isNodeGone, type NodeHandle } from "../remote/node-handle.ts";
import { run, succeed } from "../remote/run.ts";
import { together } from "../remote/together.ts";
import type { TunnelEnd, TunnelInputs, TunnelOutputs } from "../tunnel.ts";

export const tunnel = markedObject<TunnelInputs, TunnelOutputs>({
  check: accept,
  diff: async (_id, olds, news) =>
    differenceOnNodes(olds, news, "nodes", ["bridges", "bridge", "driver", "environment"], ["ends"]),
  leftover(outs, node) {
    const remote = endsOf(outs).find((end) => end.node.name === node.name)?.remote ?? "";
    return `port ${driverOf(outs.driver).endName(outs.bridge, remote)} of bridge ${outs.bridge}`;
  },
  place: ({ nodes, bridge }) => `${nodes.map(({ name }) => name).join("--")}/${bridge}`,
  record: (inputs, olds) => ({ ...inputs, ...recorded(olds) }),
  inputsOf: ({ generation, revision, ...inputs }) => inputs,
  make,

  async find(outs) {
    const found = await bothEnds(outs, (end) => findOurs(outs, end));
    if (found.every((end) => end === undefined)) return undefined;
    return { ends: found.map((end, index) => settingsOf(end, outs.nodes[index]?.address)) };
  },

  async delete(_id, outs) {
    await bothEnds(outs, async ({ node, remote }) => {
      if (isNodeGone(node)) return;
      const driver = driverOf(outs.driver);
      const name = driver.endName(outs.bridge, remote);
      await run(node, `remove tunnel port ${name}`, driver.removeTunnelEnd(outs.bridge, remote, outs));
    });
  },
});

/** One end: its node, the address that names its port, and what it is set to. */
interface End {
  node: NodeHandle;
  remote: string;
  wish: TunnelEnd;
}

/** Ends of a tunnel in which one was found missing still have their ports' names: those derive from the nodes. */
function endsOf(outs: TunnelOutputs): End[] {
  return outs.nodes.map((node, index) => {
    const remote = outs.nodes[1 - index]?.address ?? "";
    return { node, remote, wish: outs.ends[index] ?? { remote, vni: 0, port: 0 } };
  });
}

/** Works on both ends at once; when both fail, both failures are told. */
async function bothEnds<T>(outs: TunnelOutputs, work: (end: End) => Promise<T>): Promise<T[]> {
  const results = await Promise.allSettled(endsOf(outs).map(work));
  const failures = results.filter((result) => result.status === "rejected").map(({ reason }) => reason);
  if (failures.length > 1) throw new StepError("tunnel", outs.resource, failures.map(messageOf).join("\n"));
  if (failures.length === 1) throw failures[0];
  return results.filter((result) => result.status === "fulfilled").map(({ value }) => value);
}

async function make(outs: TunnelOutputs): Promise<TunnelOutputs> {
  await bothEnds(outs, async ({ node, remote, wish }) => {
    const { bridge } = outs;
    const driver = driverOf(outs.driver);
    const made = await workersFor(driver).make(node, { ...wish, bridge, local: node.address, mark: outs });
    const found = driver.parseTunnelEnd(made.line);
    const step = `make tunnel port ${driver.endName(bridge, remote)}`;
    if (found !== undefined && found.mark?.environment !== outs.environment) {
      const removal = `on ${node.name}: ${driver.endRemovalHint(bridge, remote)}`;
      throw new StepError(
        node.name,
        step,
        foreignObject(`a port named ${driver.endName(bridge, remote)}`, found.mark?.environment, removal),
      );
    }
    const problem = problemOf(found, wish, node.address);
    if (problem !== "") throw new StepError(node.name, step, `read back, ${problem}`, made.said);
  });
  return outs;
}

/** What the end of this node is now; undefined when it is not there, or is not ours. */
async function findOurs(outs: TunnelOutputs, { node, remote }: End): Promise<FoundTunnelEnd | undefined> {
  if (isNodeGone(node)) return undefined;
  const driver = driverOf(outs.driver);
  const found = driver.parseTunnelEnd(await workersFor(driver).find(node, { bridge: outs.bridge, remote }));
  return found?.mark?.environment === outs.environment ? found : undefined;
}

/** What makes ends of tunnels on a node, and what reads them. */
type EndWorkers = ReturnType<typeof workersOf>;

const workers = new Map<BridgeDriver, EndWorkers>();

/** The workers of a driver: the many ends on the centre of a star are made together, and read together. */
function workersFor(driver: BridgeDriver): EndWorkers {
  const those = workers.get(driver) ?? workersOf(driver);
  workers.set(driver, those);
  return those;
}

function workersOf(driver: BridgeDriver) {
  return {
    make: together(async (node, wishes: readonly TunnelEndWish[]) => {
      const { stdout, stderr } = await succeed(node, stepOf("make", driver, wishes), driver.makeTunnelEnds(wishes));
      return linesOf(stdout, wishes).map((line) => ({ line, said: stderr }));
    }),
    find: together(async (node, ends: readonly TunnelEndName[]) =>
      linesOf(await run(node, stepOf("read", driver, ends), driver.findTunnelEnds(ends)), ends),
    ),
  };
}

function linesOf(printed: string, ends: readonly TunnelEndName[]): readonly string[] {
  const found = printed.split("\n");
  return ends.map((_, index) => found[index] ?? "");
}

function stepOf(verb: string, driver: BridgeDriver, ends: readonly TunnelEndName[]): string {
  const names = ends.map(({ bridge, remote }) => driver.endName(bridge, remote));
  return names.length === 1 ? `${verb} tunnel port ${names[0]}` : `${verb} tunnel ports ${names.join(", ")}`;
}

/** A missing or faulty end, or one at another address than its node's, shows as blank: no setting of it can be relied on. */
function settingsOf(found: FoundTunnelEnd | undefined, local: string | undefined): TunnelEnd {
  if (found === undefined || found.fault !== "" || found.local !== local) return { remote: "", vni: 0, port: 0 };
  return { remote: found.remote, vni: found.vni, port: found.port };
}

function problemOf(found: FoundTunnelEnd | undefined, wish: TunnelEnd, local: string): string {
  if (found === undefined) return "the port is not there";
  if (found.fault !== "") return found.fault;
  if (found.vni !== wish.vni) return `its VNI is ${found.vni}, not ${wish.vni}`;
  if (found.port !== wish.port) return `its UDP port is ${found.port}, not ${wish.port}`;
  if (found.local !== local) return `its local address is ${found.local || "any"}, not ${local}`;
  return found.remote === wish.remote ? "" : `its remote is ${found.remote}, not ${wish.remote}`;
}
