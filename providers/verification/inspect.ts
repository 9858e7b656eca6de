/** Looks at the nodes the way a diagnosis needs it: what is there, and what goes through their tunnels. */
import type { FoundNode } from "../../model/diagnosis/state.ts";
import type { Plan } from "../../model/plan.ts";
import { messageOf } from "../remote/error.ts";
import type { NodeHandle } from "../remote/node-handle.ts";
import type { ShellText } from "../remote/quote.ts";
import { run } from "../remote/run.ts";
import { fewAtOnce } from "./few-at-once.ts";
import { foundNode, unreachableNode } from "./found.ts";
import { burstScript, counters, lookScript, type Member, sections } from "./look.ts";

/** Seconds a look may take. */
const lookSeconds = 12;

/**
 * Looks at every node, and counts what a burst of broadcasts from each puts through the tunnels.
 *
 * @param silent why nodes could not be reached a moment ago, by name; they are not waited for again
 */
export async function inspectNodes(
  plan: Plan,
  nodes: readonly NodeHandle[],
  silent: Readonly<Record<string, string>>,
): Promise<FoundNode[]> {
  const members = nodes.map((node): Member => ({ node, peers: peersOf(plan, node, nodes) }));
  const looks = await fewAtOnce(members, async (member) => {
    const reason = silent[member.node.name];
    if (reason !== undefined) return { reason };
    const look = run(member.node, "look for causes", lookScript(plan, member), { seconds: lookSeconds });
    return await look.catch((error: unknown) => ({ reason: messageOf(error) }));
  });
  // Every node has counted before any sends, and every node has sent before any counts again.
  const answering = members.filter((_, index) => typeof looks[index] === "string");
  const onAll = (step: string, script: (member: Member) => ShellText): Promise<string[]> =>
    fewAtOnce(answering, (member) => run(member.node, step, script(member), { seconds: lookSeconds }).catch(() => ""));
  await onAll("send broadcasts", () => burstScript(plan));
  const counted = await onAll("count packets", ({ peers }) => counters(plan, peers));
  const counts = new Map(answering.map((member, index) => [member.node.name, counted[index] ?? ""]));
  return members.map((member, index) => {
    const look = looks[index];
    if (typeof look === "string")
      return foundNode(plan, member, sections(look), sections(counts.get(member.node.name) ?? ""));
    return unreachableNode(member.node.name, look?.reason ?? "not looked at");
  });
}

function peersOf({ nodes: planned }: Plan, node: NodeHandle, nodes: readonly NodeHandle[]): readonly NodeHandle[] {
  const centre = planned[0]?.name;
  return nodes.filter(({ name }) => name !== node.name && (node.name === centre || name === centre));
}
