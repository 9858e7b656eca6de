/**
 * What a switch from one configuration to another has to make, change and take away, worked out from both plans: each resource
 * is what it is made of, which only a new one can change, and what it says, which changes in place.
 */
import { drivers } from "../../model/drivers.ts";
import { localConfFiles, renderLocalConf } from "../../model/localconf/index.ts";
import { buildPlan, type Overlay, type Plan } from "../../model/plan.ts";
import { parseSettings } from "../../model/schema/index.ts";
import type { Settings } from "../../model/settings.ts";
import { drawMermaid } from "../../model/topology/mermaid.ts";
import type { TestConfig } from "./stack.ts";

/** A resource of a stack. */
interface Thing {
  readonly madeOf: string;
  readonly says: string;
}

/** The underlay of a test's lab. */
const UNDERLAY = { mtu: 1500, family: "IPv4" } as const;

/** The lines of a preview that a switch has to give, as `changeLines` writes them, sorted. */
export function linesOfSwitch(stack: string, from: TestConfig, to: TestConfig): readonly string[] {
  const [olds, news] = [thingsOf(stack, from), thingsOf(stack, to)];
  const names = [...new Set([...olds.keys(), ...news.keys()])];
  return names.flatMap((name) => lineOf(name, olds.get(name), news.get(name))).sort();
}

function lineOf(name: string, old: Thing | undefined, wanted: Thing | undefined): readonly string[] {
  if (wanted === undefined) return [`delete ${name}`];
  if (old === undefined) return [`create ${name}`];
  if (old.madeOf !== wanted.madeOf) return [`replace ${name}`];
  return old.says === wanted.says ? [] : [`update ${name}`];
}

function thingsOf(stack: string, config: TestConfig): ReadonlyMap<string, Thing> {
  const { flavor, nodes, overlay, devstack, verify } = config;
  const settings = parseSettings(stack, { flavor, nodes, overlay, devstack, verify });
  const plan = buildPlan(settings, UNDERLAY);
  const driver = settings.overlay.driver;
  // A lab node boots with or without Open vSwitch; one that is made anew takes all that is on it along.
  const node = `${drivers[driver].needsOpenVswitch}`;
  const bridges = plan.overlays.flatMap(({ bridge, patchTo }) => [bridge, patchTo ?? []].flat());
  return new Map<string, Thing>([
    ...plan.nodes.flatMap(({ name }, index): [string, Thing][] => [
      [name, { madeOf: node, says: "" }],
      [`host-${name}`, { madeOf: node, says: `${bridges} ${settings.overlay.port}` }],
      [`local-conf-${name}`, { madeOf: node, says: localConfText(settings, plan, index) }],
    ]),
    ...plan.overlays.flatMap((one) => overlayThings(one, plan, `${node} ${driver}`)),
    ["files", { madeOf: "", says: `${node} ${drawMermaid(plan)}` }],
    // Another plan, or anything made anew, has to be proven.
    ["verification", { madeOf: "", says: `${node} ${JSON.stringify(plan)}` }],
  ]);
}

function overlayThings(overlay: Overlay, plan: Plan, ground: string): readonly [string, Thing][] {
  const { block, bridge, patchTo, tunnels, addresses, nodeSpan, mtu, port } = overlay;
  const madeOf = `${ground} ${bridge}`;
  const span = JSON.stringify(nodeSpan);
  const patched = (name: string): readonly [string, Thing][] => [
    [`patched-bridge-${name}`, { madeOf: `${ground} ${patchTo}`, says: `${mtu} ${span}` }],
    [`patch-${name}`, { madeOf: `${madeOf} ${patchTo}`, says: "" }],
  ];
  return [
    [block, { madeOf: "", says: "" }],
    ...plan.nodes.map(({ name }): [string, Thing] => [
      `${block}-bridge-${name}`,
      { madeOf, says: `${addresses[name]} ${span} ${mtu}` },
    ]),
    ...tunnels.map(({ between, vni }): [string, Thing] => [
      `${block}-tunnel-${between.join("-")}`,
      { madeOf, says: `${vni} ${port}` },
    ]),
    ...(patchTo === undefined ? [] : plan.nodes.flatMap(({ name }) => patched(name))),
  ];
}

function localConfText(settings: Settings, plan: Plan, index: number): string {
  const nodes = plan.nodes.map((node) => ({ ...node, address: node.address ?? "" }));
  const [node, primary] = [nodes[index], nodes[0]];
  if (node === undefined || primary === undefined) throw new Error("a stack has a primary");
  const context = { settings, node, primary, nodes, overlayMtu: plan.overlayMtu };
  return localConfFiles(settings)
    .map(({ document }) => renderLocalConf(document(context)))
    .join("\n");
}
