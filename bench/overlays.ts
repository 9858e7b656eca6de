/** Measures the overlays on one number of nodes, with the yardsticks in between. */
import { makePlaybook, type Playbook } from "./ansible.ts";
import type { AnsibleRound, Round, Series } from "./figures.ts";
import { buildFloor, connectToAll, proveOverlays, removeFloor } from "./floor.ts";
import { type BenchProject, makeProject, unchanged, type Workshop, yes } from "./project.ts";
import { makeSite, type Site } from "./site.ts";
import { measureStack } from "./stack.ts";
import { seconds } from "./timed.ts";
import { verifySite } from "./verification.ts";

/**
 * Boots nodes, measures and removes them. The nodes are of no stack: every program finds them there, as a gate's are.
 *
 * @param ansible folder of Ansible's programs; null when it is not asked for
 * @param say told each step
 */
export async function measureOverlays(
  workshop: Workshop,
  nodes: number,
  runs: number,
  ansible: string | null,
  say: (line: string) => void,
): Promise<Series> {
  say(`N=${nodes}: booting the nodes`);
  const site = await makeSite(nodes);
  try {
    const resources = site.plan.overlays.reduce((sum, { tunnels }) => sum + nodes + tunnels.length, 0);
    const program = await projects(workshop, site, resources);
    const playbook = ansible === null ? null : makePlaybook(workshop, site, ansible);
    let stateBytes = 0;
    const rounds: Round[] = [];
    for (let run = 1; run <= runs; run++) {
      say(`N=${nodes}: round ${run} of ${runs}`);
      const measured = await measureRound(site, program, workshop, resources);
      stateBytes = measured.stateBytes;
      const compared = playbook === null ? {} : { ansible: await measureAnsible(site, playbook, workshop.signal) };
      rounds.push({ ...measured.round, ...compared });
    }
    say(`N=${nodes}: a whole stack`);
    return { nodes, resources, stateBytes, rounds, stack: await measureStack(workshop, site, runs) };
  } finally {
    await site.remove();
  }
}

/** The playbook's part of a round. Nobody's connections are left open, also after a failure. */
async function measureAnsible(site: Site, playbook: Playbook, signal: AbortSignal): Promise<AnsibleRound> {
  try {
    const first = await playbook.time();
    await proveOverlays(site, signal);
    const again = await playbook.time();
    await removeFloor(site, signal);
    return { first, again };
  } finally {
    await playbook.disconnect();
  }
}

/** The programs of a series. */
interface Programs {
  readonly empty: BenchProject;
  readonly one: BenchProject;
  readonly noop: BenchProject;
  readonly overlays: BenchProject;
}

async function projects(
  workshop: Workshop,
  { plan, configuration, handles }: Site,
  resources: number,
): Promise<Programs> {
  const make = (
    program: "empty" | "noop" | "overlays",
    config: Readonly<Record<string, unknown>>,
    name: string = program,
  ) => makeProject(workshop, program, `${name}-${plan.nodes.length}`, config);
  return {
    empty: await make("empty", {}),
    one: await make("noop", { resources: 1 }, "one"),
    noop: await make("noop", { resources }),
    overlays: await make("overlays", { ...configuration, handles }),
  };
}

async function measureRound(
  site: Site,
  { empty, one, noop, overlays }: Programs,
  { folder, signal }: Workshop,
  resources: number,
): Promise<{ readonly round: Round; readonly stateBytes: number }> {
  const emptyUp = await empty.time("up", ...yes);
  await empty.time("destroy", ...yes);
  const oneUp = await one.time("up", ...yes);
  await one.time("destroy", ...yes);
  const noopUp = await noop.time("up", ...yes);
  const noopPreview = await noop.time("preview", unchanged);
  await noop.time("destroy", ...yes);
  const connect = await seconds(() => connectToAll(site, signal));
  const floor = await seconds(() => buildFloor(site, signal));
  await proveOverlays(site, signal);
  await removeFloor(site, signal);
  const up = await overlays.time("up", ...yes);
  await proveOverlays(site, signal);
  const { dynamic, bytes } = overlays.state();
  if (dynamic !== resources) throw new Error(`expected ${resources} dynamic resources in the state, found ${dynamic}`);
  const upAgain = await overlays.time("up", ...yes, unchanged);
  const preview = await overlays.time("preview", unchanged);
  // After what has a bound: the kernel takes seconds to clear the guests' namespaces away.
  const verification = await seconds(() => verifySite(site, folder));
  const destroy = await overlays.time("destroy", ...yes);
  const yardsticks = { emptyUp, oneUp, noopUp, noopPreview, connect, floor };
  return { round: { ...yardsticks, up, verification, upAgain, preview, destroy }, stateBytes: bytes };
}
