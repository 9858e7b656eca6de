/** Implementation of a prepared host. */
import { parsePeer } from "../../model/host/peers.ts";
import { type PartName, partNames, partOf } from "../host/index.ts";
import { refuseOtherStacks } from "../host/other-stacks.ts";
import type { HostWish } from "../host/part.ts";
import { prelude } from "../host/prelude.ts";
import { AS_PLANNED, type HostPreparationInputs, type HostPreparationOutputs } from "../host-preparation.ts";
import { accept, differenceOnNodes } from "../implementation.ts";
import { markedObject, recorded } from "../marked-object.ts";
import { isNodeGone } from "../remote/node-handle.ts";
import { lines, type ShellText, sh } from "../remote/quote.ts";
import { run } from "../remote/run.ts";

/** Properties whose change is worked in on the host as it is. */
const mended = ["peers", "rules", "needsOpenVswitch", "publicKey", "privateKey", ...partNames] as const;

/** All parts in one script a step; each part is a property that says in words what of it drifted. */
export const hostPreparation = markedObject<HostPreparationInputs, HostPreparationOutputs>({
  check: async (olds, news) => await accept(olds, { ...news, ...everyPart(() => AS_PLANNED) }),
  diff: async (_id, olds, news) => differenceOnNodes(olds, news, "node", ["environment", "user", "home"], mended),
  leftover: () => `what the host was prepared with (${partNames.join(", ")})`,
  place: ({ node }) => node.name,
  record: (inputs, olds) => ({ ...inputs, ...recorded(olds) }),
  inputsOf: ({ generation, revision, ...inputs }) => inputs,
  make: prepare,
  find: async (outs) => (isNodeGone(outs.node) ? undefined : await find(outs)),

  async delete(_id, outs) {
    if (isNodeGone(outs.node)) return;
    const wish = wishOf(outs);
    const work = partNames.toReversed().map((name) => {
      const script = lines(sh`(`, sh`set -e`, partOf(name).revert(wish), sh`)`);
      return lines(script, sh`[ $? = 0 ] || left="$left "${name}`);
    });
    const report = sh`if [ -n "$left" ]; then echo "what could not be taken back:$left" >&2; exit 1; fi`;
    await execute(outs, "take the host's preparation back", [sh`left=`, ...work, report, sh`finish`]);
  },
});

/** Opens what one part prints, followed by the part's name. */
const opening = "--devstack-multinode part--";

/** Makes or mends every part; those that take long have a step of their own. */
async function prepare(outs: HostPreparationOutputs): Promise<HostPreparationOutputs> {
  await refuseOtherStacks(outs.node, outs.environment);
  const wish = wishOf(outs);
  const work = partNames.flatMap((name) => [sh`part=${name}; echo ${`${opening}${name}`}`, partOf(name).apply(wish)]);
  const report = sh`trap '[ $? = 0 ] || echo "this happened in the part \"$part\"" >&2' EXIT; set -e`;
  const output = await execute(outs, "prepare the host", [report, ...work]);
  for (const [name, text] of byPart(output)) {
    const later = text.split("\n").includes("later") ? partOf(name).later?.(wish) : undefined;
    if (later !== undefined) await run(outs.node, later.step, later.script, { seconds: later.seconds });
  }
  return outs;
}

/** How every part is found. */
async function find(outs: HostPreparationOutputs): Promise<Record<PartName, string>> {
  const wish = wishOf(outs);
  const work = partNames.flatMap((name) => [sh`echo ${`${opening}${name}`}`, partOf(name).read(wish)]);
  const found = byPart(await execute(outs, "read the host's preparation", work));
  return everyPart((name) => partOf(name).drift(found.get(name) ?? "", wish) || AS_PLANNED);
}

/** Runs scripts after the prelude. They go through standard input: they hold a secret, and are long for many nodes. */
async function execute(outs: HostPreparationOutputs, step: string, scripts: readonly ShellText[]): Promise<string> {
  return await run(outs.node, step, sh`eval "$(cat)"`, { stdin: lines(prelude(outs), ...scripts).text });
}

function byPart(output: string): ReadonlyMap<PartName, string> {
  const texts = output.split(opening).slice(1);
  return new Map(
    texts.map((text) => {
      const end = text.indexOf("\n");
      return [text.slice(0, end) as PartName, text.slice(end + 1)];
    }),
  );
}

function everyPart(tell: (name: PartName) => string): Record<PartName, string> {
  return Object.fromEntries(partNames.map((name) => [name, tell(name)])) as Record<PartName, string>;
}

function wishOf(outs: HostPreparationOutputs): HostWish {
  return { ...outs, peers: outs.peers.map(parsePeer), firewall: outs.rules };
}
