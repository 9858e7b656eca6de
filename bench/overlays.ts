/** Measures the overlays on one number of nodes, with the yardsticks in between. */
import type { Round, Series } from "./figures.ts";
import { buildFloor, proveOverlays, removeFloor } from "./floor.ts";
import { type BenchProject, makeProject, type Workshop } from "./project.ts";
import { makeSite, type Site } from "./site.ts";
import { seconds } from "./timed.ts";

/** Without a question and without the preview before it. */
const yes = ["--yes", "--skip-preview"] as const;

/** A command that finds something to change in what was just made has measured the wrong thing: it fails. */
const unchanged = "--expect-no-changes";

/**
 * Boots nodes, measures and removes them.
 *
 * @param say told each step
 */
export async function measureOverlays(
  workshop: Workshop,
  nodes: number,
  runs: number,
  say: (line: string) => void,
): Promise<Series> {
  say(`N=${nodes}: booting the nodes`);
  const site = await makeSite(nodes);
  try {
    const resources = site.plan.overlays.reduce((sum, { tunnels }) => sum + nodes + tunnels.length, 0);
    const program = await projects(workshop, site, resources);
    let stateBytes = 0;
    const rounds: Round[] = [];
    for (let run = 1; run <= runs; run++) {
      say(`N=${nodes}: round ${run} of ${runs}`);
      const measured = await measureRound(site, program, workshop.signal, resources);
      stateBytes = measured.stateBytes;
      rounds.push(measured.round);
    }
    return { nodes, resources, stateBytes, rounds };
  } finally {
    await site.remove();
  }
}

/** The three programs of a series. */
interface Programs {
  readonly empty: BenchProject;
  readonly noop: BenchProject;
  readonly overlays: BenchProject;
}

async function projects(
  workshop: Workshop,
  { plan, configuration, handles }: Site,
  resources: number,
): Promise<Programs> {
  const make = (program: keyof Programs, config: Readonly<Record<string, unknown>>) =>
    makeProject(workshop, program, `${program}-${plan.nodes.length}`, config);
  return {
    empty: await make("empty", {}),
    noop: await make("noop", { resources }),
    overlays: await make("overlays", { ...configuration, handles }),
  };
}

async function measureRound(
  site: Site,
  { empty, noop, overlays }: Programs,
  signal: AbortSignal,
  resources: number,
): Promise<{ readonly round: Round; readonly stateBytes: number }> {
  const emptyUp = await empty.time("up", ...yes);
  await empty.time("destroy", ...yes);
  const noopUp = await noop.time("up", ...yes);
  const noopPreview = await noop.time("preview", unchanged);
  await noop.time("destroy", ...yes);
  const floor = await seconds(() => buildFloor(site, signal));
  await proveOverlays(site, signal);
  await removeFloor(site, signal);
  const up = await overlays.time("up", ...yes);
  await proveOverlays(site, signal);
  const { types, bytes } = overlays.state();
  const dynamic = types.filter((type) => type.startsWith("pulumi-nodejs:dynamic/")).length;
  if (dynamic !== resources) throw new Error(`expected ${resources} dynamic resources in the state, found ${dynamic}`);
  const upAgain = await overlays.time("up", ...yes, unchanged);
  const preview = await overlays.time("preview", unchanged);
  const destroy = await overlays.time("destroy", ...yes);
  return { round: { emptyUp, noopUp, noopPreview, floor, up, upAgain, preview, destroy }, stateBytes: bytes };
}
