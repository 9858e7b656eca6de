/** SIGKILL at any moment: the next `npm start` and the next removal end as if nothing had happened. */
import { beforeAll, describe, expect, it } from "vitest";
import { killDuring, type Victims } from "../support/killing.ts";
import { expectSameMachine, type Snapshot, snapshot } from "../support/snapshot.ts";
import { type RunResult, type TestStack, testStack } from "../support/stack.ts";

const UP = ["up", "--yes", "--skip-preview"];
const DESTROY = ["destroy", "--yes", "--skip-preview"];

/** How a killed stack is removed. */
type Removal = "npm run destroy" | "pulumi cancel && pulumi destroy";
const npm = "npm run destroy";
const plain = "pulumi cancel && pulumi destroy";

/** One life of the stack: killed in its `up`, recovered, and then, unless it is removed already, killed in its `destroy`. */
interface Life {
  readonly victims: Victims;
  /** What follows the kill in `up`. */
  readonly afterUp: "npm start" | Removal;
  /** What follows the kill in `destroy`, where there is one. */
  readonly afterDestroy?: "npm start" | Removal;
}

/**
 * Lives with these kills, each at a later moment of its `up` or `destroy` than the one before. Plain Pulumi has the first and the last
 * of them: the state has nothing yet, or nothing any more, that would run anything of ours.
 */
const lives: readonly Life[] = [
  { victims: "engine", afterUp: plain },
  { victims: "tree", afterUp: plain },
  { victims: "engine", afterUp: plain },
  { victims: "tree", afterUp: "npm start", afterDestroy: plain },
  { victims: "engine", afterUp: "npm start", afterDestroy: plain },
  { victims: "tree", afterUp: "npm start", afterDestroy: npm },
  { victims: "engine", afterUp: "npm start", afterDestroy: "npm start" },
  { victims: "tree", afterUp: npm },
  { victims: "engine", afterUp: npm },
  { victims: "tree", afterUp: "npm start", afterDestroy: "npm start" },
  { victims: "engine", afterUp: "npm start", afterDestroy: npm },
  { victims: "tree", afterUp: "npm start", afterDestroy: plain },
  { victims: "engine", afterUp: "npm start", afterDestroy: plain },
];
const KILLS = 21;

/**
 * Kills that have to hit. Moments are parts of the time that an undisturbed run took: on a machine that is less busy by then, the
 * late ones come when the run is over.
 */
const HITS = 14;

// A kill that is tried again would fall on whatever the first one left.
describe("a killed run", { retry: 0 }, () => {
  const stack = testStack({ nodes: { lab: { subnodes: 1 } } });
  let before: Snapshot;
  let undisturbed: { up: RunResult; destroy: RunResult; shape: string };
  const hits: boolean[] = [];

  beforeAll(async () => {
    const environment = stack();
    before = await snapshot(environment);
    // The first run of a project compiles it, which none of the killed ones does.
    await environment.up();
    await environment.destroy();
    const up = await environment.up();
    const shape = await shapeOf(environment);
    undisturbed = { up, shape, destroy: await environment.destroy() };
  });

  it.each(moments(lives))("$name", async ({ upPercent, destroyPercent, victims, afterUp, afterDestroy }) => {
    const moment = (percent: number, { seconds }: RunResult): number => (percent / 100) * seconds * 1000;
    const environment = stack();
    hits.push(await killDuring(environment, UP, moment(upPercent, undisturbed.up), victims));
    if (afterUp !== "npm start") {
      await remove(environment, afterUp);
      await expectSameMachine(environment, before);
      return;
    }
    await start(environment);

    hits.push(await killDuring(environment, DESTROY, moment(destroyPercent, undisturbed.destroy), victims));
    if (afterDestroy === "npm start") await start(environment);
    await remove(environment, afterDestroy === plain ? plain : npm);
    await expectSameMachine(environment, before);
  });

  it("was killed most of the times", () => {
    expect(hits).toHaveLength(KILLS);
    expect(hits.filter(Boolean).length).toBeGreaterThanOrEqual(HITS);
  });

  /** `npm start`, which has to end as an undisturbed run does. */
  async function start(environment: TestStack): Promise<void> {
    const result = await environment.tool("start", environment.name);
    expect(result.code, result.all).toBe(0);
    expect((await environment.state()).pending).toEqual([]);
    expect(await shapeOf(environment)).toBe(undisturbed.shape);
    const preview = await environment.succeed(["preview", "--refresh", "--expect-no-changes"]);
    expect(preview.all).not.toContain("warning");
  }
});

/** Where in the time of an undisturbed run each kill falls: spread evenly over all `up`s, and over the `destroy`s that are killed. */
function moments(all: readonly Life[]) {
  const killedInDestroy = all.filter(({ afterDestroy }) => afterDestroy !== undefined);
  const spread = (index: number, count: number): number => Math.round(((index + 0.5) / count) * 100);
  return all.map((life, index) => {
    const upPercent = spread(index, all.length);
    const destroyPercent = spread(killedInDestroy.indexOf(life), killedInDestroy.length);
    const { victims, afterUp, afterDestroy } = life;
    const inUp = `${victims} at ${upPercent} % of up, then ${afterUp}`;
    const name = afterDestroy === undefined ? inUp : `${inUp}; at ${destroyPercent} % of destroy, then ${afterDestroy}`;
    return { ...life, name, upPercent, destroyPercent };
  });
}

/** Removes the stack in one of the ways there are. */
async function remove(environment: TestStack, removal: Removal): Promise<void> {
  if (removal === npm) {
    const result = await environment.tool("destroy", environment.name);
    expect(result.code, result.all).toBe(0);
  } else {
    await environment.pulumi("cancel", "--yes");
    await environment.destroy();
  }
  const { resources, pending } = await environment.state();
  expect(resources).toEqual([]);
  // Plain Pulumi keeps a note of creates that a kill interrupted until a refresh clears it; on the machine nothing is left.
  if (removal === npm) expect(pending).toEqual([]);
}

/** What an environment is like, in the state and on the nodes, apart from what is new with every creation. */
async function shapeOf(environment: TestStack): Promise<string> {
  const { resources } = await environment.state();
  const urns = resources.map(({ urn }) => urn).toSorted();
  const look = [
    "ovs-vsctl --format=csv --columns=name,type,options,mtu,error list interface | sort",
    "ip -o address show dev br-ex scope global | awk '{ print $2, $4 }'",
    "getent passwd stack | cut -d : -f 1,6",
    "stat -c '%a %U' /opt/stack/devstack/local.conf",
  ];
  const nodes = await Promise.all(["primary", "subnode-1"].map((node) => environment.on(node, look.join("; "))));
  return [...urns, ...nodes].join("\n");
}
