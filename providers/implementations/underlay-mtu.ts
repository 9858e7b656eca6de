/** Implementation of the measured MTU of the underlay. */
import { accept, difference, gone, type Implementation } from "../implementation.ts";
import { StepError } from "../remote/error.ts";
import { askForNodes, isNodeGone, type NodeHandle } from "../remote/node-handle.ts";
import { sh } from "../remote/quote.ts";
import { run } from "../remote/run.ts";
import type { UnderlayMtuInputs, UnderlayMtuOutputs } from "../underlay-mtu.ts";

/** Measured when it is made and with every refresh; it leaves nothing on the nodes. */
export const underlayMtu: Implementation<UnderlayMtuInputs, UnderlayMtuOutputs> = {
  check: accept,
  diff: async (_id, olds, news) => difference(olds, news, [], ["nodes"]),
  create: async (inputs) => ({ id: "measured", outs: await measured(inputs) }),

  async read(id, { mtu: _, ...inputs }) {
    await askForNodes(inputs.nodes);
    if (inputs.nodes.some(isNodeGone)) return gone;
    return { id, inputs, props: await measured(inputs) };
  },

  update: async (_id, _olds, news) => ({ outs: await measured(news) }),
  delete: async () => {},
};

async function measured(inputs: UnderlayMtuInputs): Promise<UnderlayMtuOutputs> {
  return { ...inputs, mtu: await smallestMtu(inputs.nodes) };
}

async function smallestMtu(nodes: NodeHandle[]): Promise<number> {
  const perNode = await Promise.all(nodes.map((node) => mtusFrom(node, nodes)));
  return Math.min(...perNode.flat());
}

/** MTUs towards all other nodes; a node that is alone in its stack tells the MTU towards itself. */
async function mtusFrom(node: NodeHandle, nodes: NodeHandle[]): Promise<number[]> {
  const step = "read the underlay's MTU";
  const others = nodes.filter(({ address }) => address !== node.address).map(({ address }) => address);
  if (others.length === 0) return [await interfaceMtu(node, step)];
  const output = await run(
    node,
    step,
    sh`for peer in ${others}; do
route=$(ip -o route get "$peer") || exit 1
own=$(printf '%s' "$route" | grep -Eo ' mtu (lock )?[0-9]+' | grep -Eo '[0-9]+$')
device=$(printf '%s' "$route" | sed -En 's/.* dev ([^ ]+).*/\\1/p')
echo "\${own:-$(cat "/sys/class/net/$device/mtu")}"
done`,
  );
  return output
    .trim()
    .split("\n")
    .map((line) => mtuOf(node, step, line));
}

/** The MTU of the interface that has the node's underlay address. */
async function interfaceMtu(node: NodeHandle, step: string): Promise<number> {
  const script = sh`device=$(ip -o address show to ${node.address} | awk '{ print $2; exit }') && cat "/sys/class/net/$device/mtu"`;
  return mtuOf(node, step, await run(node, step, script));
}

function mtuOf(node: NodeHandle, step: string, text: string): number {
  const mtu = Number(text.trim());
  if (!Number.isInteger(mtu) || mtu <= 0)
    throw new StepError(node.name, step, `no MTU could be read, but ${JSON.stringify(text)}`);
  return mtu;
}
