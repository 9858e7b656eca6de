/** Measures a whole stack, by the project's own program, on nodes that it finds there as a gate's hosts. */
import { buildFloor, proveOverlays, removeFloor } from "./floor.ts";
import { type BenchProject, makeProject, unchanged, type Workshop, yes } from "./project.ts";
import type { Site } from "./site.ts";
import type { StackRound, StackSeries } from "./stack-figures.ts";
import { seconds } from "./timed.ts";

/** Builds and removes the stack of a site's plan, which is not verified, and its yardsticks. */
export async function measureStack(workshop: Workshop, site: Site, runs: number): Promise<StackSeries> {
  const { plan, configuration, handles } = site;
  const count = plan.nodes.length;
  const hosts = Object.values(handles).map(({ address, identityFile = "" }) => ({ address, identityFile }));
  const config = { ...configuration, nodes: { backend: "inventory", inventory: { hosts } }, verify: "none" };
  const stack = await makeProject(workshop, "stack", `stack-${count}`, config);
  let resources = 0;
  let noop: BenchProject | undefined;
  const rounds: StackRound[] = [];
  for (let run = 1; run <= runs; run++) {
    const up = await stack.time("up", ...yes);
    await proveOverlays(site, workshop.signal);
    await stack.time("up", ...yes, unchanged);
    resources = stack.state().dynamic;
    const destroy = await stack.time("destroy", ...yes);
    noop ??= await makeProject(workshop, "noop", `stack-noop-${count}`, { resources });
    const noopUp = await noop.time("up", ...yes);
    await noop.time("destroy", ...yes);
    const floor = await seconds(() => buildFloor(site, workshop.signal));
    await removeFloor(site, workshop.signal);
    rounds.push({ up, destroy, noopUp, floor });
  }
  return { resources, rounds };
}
