/** Nodes of a lab without a stack, for the contract tests of what is built on nodes. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll } from "vitest";
import { planLab } from "../../model/backends/lab.ts";
import { nodeName, PRIMARY_NUMBER } from "../../model/nodes.ts";
import { labNode, labUnderlay } from "../../providers/implementations/lab.ts";
import type { LabIdentity } from "../../providers/lab/folders.ts";
import { sweepLab } from "../../providers/lab/sweep.ts";
import type { NodeHandle } from "../../providers/remote/node-handle.ts";
import { closeConnections } from "../../providers/remote/pool.ts";
import { ShellText } from "../../providers/remote/quote.ts";
import { run } from "../../providers/remote/run.ts";
import { freeTestRange } from "./ranges.ts";

/** Nodes that run, and whose they are. */
export interface LabNodes {
  readonly lab: LabIdentity;
  /** `<stack>-<id>`, as in every mark. */
  readonly environment: string;
  /** Ordered by number. */
  readonly nodes: readonly NodeHandle[];
}

/** How the nodes are. */
export interface LabNodesOptions {
  readonly subnodes: number;
  readonly openVswitch: boolean;
  /** CIDR; a free one of IPv4 when none is given. */
  readonly underlay?: string;
}

/** Declares nodes for the tests of a `describe`; they run before them and are gone after them. Use the result inside tests only. */
export function labNodes(options: LabNodesOptions): () => LabNodes {
  const lab = { stack: `t${randomBytes(3).toString("hex")}`, id: randomBytes(3).toString("hex") };
  let made: LabNodes | undefined;
  beforeAll(async () => {
    made = { lab, environment: `${lab.stack}-${lab.id}`, nodes: await boot(lab, options) };
  });
  afterAll(async () => {
    closeConnections();
    await sweepLab(lab);
  });
  return () => {
    if (made === undefined) throw new Error("the nodes are booted before the first test, not before");
    return made;
  };
}

/** Runs a command on a node as root and gives what it prints; it has to succeed. */
export async function on(node: NodeHandle, command: string): Promise<string> {
  return await run(node, "a test's command", new ShellText(command));
}

async function boot(lab: LabIdentity, options: LabNodesOptions): Promise<readonly NodeHandle[]> {
  const numbers = Array.from({ length: options.subnodes }, (_, index) => index + 1);
  const underlay = options.underlay ?? (await freeTestRange());
  const { controller, prefixLength, nodes } = planLab({ subnodeNumbers: numbers, underlay, underlayMtu: 1500 });
  const spec = { range: underlay, controller: controller.address, gateway: controller.gateway, prefixLength };
  const project = process.cwd();
  const { outs } = await labUnderlay.create({ lab, spec, project });
  const booted = [PRIMARY_NUMBER, ...numbers].map(async (number) => {
    const name = nodeName(number);
    const link = nodes[name] ?? { address: "", gateway: "" };
    const hostname = `${lab.stack}-${name}`;
    const about = { name, number, hostname, ...link, prefixLength, mtu: 1500, openVswitch: options.openVswitch };
    const node = await labNode.create({ lab, spec: about, underlay: outs.generation, project });
    return node.outs.handle;
  });
  return await Promise.all(booted);
}
