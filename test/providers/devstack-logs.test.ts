/** The logs of runs of stack.sh that fail, fetched by one who watches beside: of the attempt that comes, and of no other. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { DevstackLogsInputs } from "../../providers/devstack-logs.ts";
import { devstackLogs } from "../../providers/implementations/devstack-logs.ts";
import { forget } from "../../providers/remote/pool.ts";
import { devstackDouble } from "../support/devstack-double.ts";
import { labNodes, on } from "../support/lab-nodes.ts";
import { PROJECT_PREFIX } from "../support/project.ts";
import { until } from "../support/until.ts";
import { DevstackNode, ENOUGH, SECRET } from "./devstack-node.ts";

/** Seconds that a run may take to begin where the test is not about that. */
const SOON = 20;

describe("the logs of devstack", () => {
  const lab = labNodes({ subnodes: 1, openVswitch: false });
  const repository = devstackDouble();
  let folder = "";
  let primary: DevstackNode;
  let subnode: DevstackNode;
  let ids = 0;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), PROJECT_PREFIX));
    const { nodes, environment } = lab();
    const [one, other] = await Promise.all(nodes.map((node) => DevstackNode.prepare(node, environment)));
    if (one === undefined || other === undefined) throw new Error("expected a primary and a subnode");
    [primary, subnode] = [one, other];
    await Promise.all([one, other].map((node) => node.step("checkout", [repository, "master", ENOUGH])));
  });
  afterEach(async () => {
    for (const file of ["fail", "wait", "stuck"] as const) await primary.tell(file, false);
    await until("an orphaned stack.sh to end", ENOUGH, async () => (await primary.running()) === 0);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** An id that nothing was stacked with, also not by an earlier try of the same test. */
  const newId = () => `generation ${ids++} ${Date.now()}`;
  const inputsFor = (id: string, { nodes = [primary], begin = SOON, end = ENOUGH } = {}): DevstackLogsInputs => {
    const { environment, user, tree, secretNames } = primary.outs;
    const runs = Object.fromEntries(nodes.map(({ node }) => [node.name, { node, id }]));
    return { environment, user, tree, secretNames, folder, seconds: { begin, end }, runs };
  };
  /** Watches until all has ended; gives what nodes are stacked with, or what the error says. */
  const watch = async (inputs: DevstackLogsInputs) =>
    await devstackLogs.create(inputs).then(
      ({ outs }) => outs.stacked,
      (error: Error) => error.message,
    );
  /** The first process on a node that watches. */
  const watcher = async ({ node }: DevstackNode) => (await on(node, "pgrep -of '^sh -s watch' || true")).trim();
  const untilWatched = async () => await until("the watcher", ENOUGH, async () => (await watcher(primary)) !== "");
  const logPath = () => join(folder, "logs", "primary", "stack.log");

  it("are here when a run fails, with the secrets taken out, and are told by node and path", async () => {
    await primary.tell("fail", true);
    const id = newId();
    const watching = watch(inputsFor(id));
    await primary.stack(id);
    const said = await watching;
    expect(said).toMatch(/^primary: run stack\.sh: it failed; collected /);
    expect(said).toContain(logPath());
    const log = readFileSync(logPath(), "utf8");
    expect(log).toContain("nova-compute did not start; the password was (secret)");
    expect(log).not.toContain(SECRET);
  });

  it("are those of the attempt that comes: one that failed before with the same id is of the past", async () => {
    await primary.tell("fail", true);
    const id = newId();
    await primary.stack(id);
    await primary.tell("fail", false);
    const watching = watch(inputsFor(id));
    await untilWatched();
    expect((await primary.stack(id)).status).toBe(0);
    expect(await watching).toEqual({ primary: id });
    // Nobody comes any more, and nobody has to.
    expect(await watch(inputsFor(id))).toEqual({ primary: id });
  });

  it("are here when unstack.sh, which goes before, fails, and when all is killed", async () => {
    await primary.tell("stuck", true);
    const ids = [newId(), newId()] as const;
    const stuck = watch(inputsFor(ids[0]));
    await primary.stack(ids[0]);
    expect(await stuck).toMatch(/it failed; collected /);
    expect(readFileSync(logPath(), "utf8")).toContain("a volume is in use\n");

    await primary.tell("stuck", false);
    await primary.tell("wait", true);
    const before = await primary.begins();
    const killed = watch(inputsFor(ids[1]));
    const cut = primary.stack(ids[1]).catch(() => undefined);
    await primary.begun(before);
    await on(primary.node, `cd ${primary.folder}; kill -9 "$(cut -d ' ' -f 1 attempt)" -- "-$(cat pid)"`);
    expect(await killed).toMatch(/it failed; collected /);
    await cut;
  });

  it("are here when a run does not end in time, which is told with that time", async () => {
    await primary.tell("wait", true);
    const id = newId();
    const watching = watch(inputsFor(id, { end: 1 }));
    const running = primary.stack(id);
    expect(await watching).toMatch(/^primary: run stack\.sh: it has not ended within 1 s; collected /);
    await primary.tell("wait", false);
    expect((await running).status).toBe(0);
  });

  it("are still waited for when only who watches loses the connection", async () => {
    await primary.tell("wait", true);
    await primary.tell("fail", true);
    const id = newId();
    const before = await primary.begins();
    const watching = watch(inputsFor(id));
    // The command plugin's connection is another one than ours.
    const running = new DevstackNode({ ...primary.node, incarnation: "apart" }, primary.outs).stack(id);
    await primary.begun(before);
    // After the look that follows the next pause, it has seen the run begin.
    const pause = async () => await on(primary.node, "pgrep -fx 'sleep 1' || true");
    const first = await until("a pause", ENOUGH, async () => (await pause()) || undefined);
    await until("another pause", ENOUGH, async () => !["", first].includes(await pause()));
    forget(primary.node);
    await primary.tell("wait", false);
    expect((await running).status).toBe(1);
    expect(await watching).toMatch(/it failed; collected /);
  });

  it("keep nobody where no run begins, or its node cannot be reached; the run is watched with the next up", async () => {
    const id = newId();
    const about = inputsFor(id, { begin: 1 });
    expect(await watch(about)).toEqual({});
    const nowhere = { ...primary.node, port: 1 };
    expect(await watch({ ...about, runs: { primary: { node: nowhere, id } } })).toEqual({});

    const unseen = { ...about, stacked: {} };
    expect((await devstackLogs.diff("id", unseen, about)).changes).toBe(true);
    const seen = { ...about, stacked: { primary: id } };
    expect((await devstackLogs.diff("id", seen, about)).changes).toBe(false);
    const moved = { ...about, runs: { primary: { node: nowhere, id } } };
    expect((await devstackLogs.diff("id", seen, moved)).changes).toBe(false);
    expect(await devstackLogs.diff("id", seen, inputsFor(newId()))).toMatchObject({ changes: true, replaces: [] });
  });

  it("are fetched of a run that failed before and does not begin anew, which fails nobody", async () => {
    await primary.tell("fail", true);
    const id = newId();
    await primary.stack(id);
    rmSync(logPath(), { force: true });
    expect(await watch(inputsFor(id, { begin: 1 }))).toEqual({});
    expect(existsSync(logPath())).toBe(true);
  });

  it("of a run that waits for Pulumi's turn are watched for as long as another goes on", async () => {
    await primary.tell("wait", true);
    const id = newId();
    const watching = watch(inputsFor(id, { nodes: [primary, subnode], begin: 2 }));
    const running = primary.stack(id);
    const first = await until("the watcher", ENOUGH, async () => (await watcher(subnode)) || undefined);
    await until("another watcher", ENOUGH, async () => {
      const now = await watcher(subnode);
      return now !== "" && now !== first;
    });
    expect((await subnode.stack(id)).status).toBe(0);
    await primary.tell("wait", false);
    expect((await running).status).toBe(0);
    expect(await watching).toEqual({ primary: id, "subnode-1": id });
  });
});
