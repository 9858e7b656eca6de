/** What becomes of a run of devstack that does not go as it should: too slow, cut off, ended, or not to be undone. */

import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { stackUser } from "../../model/host/account.ts";
import { remotePathOf, scriptPath, stepArguments } from "../../providers/devstack-run/script.ts";
import type { DevstackRunOutputs } from "../../providers/devstack-run.ts";
import { devstackRun } from "../../providers/implementations/devstack-run.ts";
import { closeConnections } from "../../providers/remote/pool.ts";
import { sh } from "../../providers/remote/quote.ts";
import { attempt, type Outcome } from "../../providers/remote/run.ts";
import { devstackDouble } from "../support/devstack-double.ts";
import { labNodes, on } from "../support/lab-nodes.ts";
import { until } from "../support/until.ts";

/** Where devstack and its stand-in keep things on the node. */
const TREE = "/opt/stack/devstack";
const DOUBLE = "/opt/stack/double";

/** Seconds that a step may take where the test is not about that. */
const ENOUGH = 60;

describe("a run of devstack", () => {
  const lab = labNodes({ subnodes: 0, openVswitch: false });
  const repository = devstackDouble();
  let outs: DevstackRunOutputs;

  const node = () => {
    const [primary] = lab().nodes;
    if (primary === undefined) throw new Error("expected a primary");
    return primary;
  };
  const folder = () => `/var/lib/devstack-multinode/${outs.environment}/devstack`;

  /** Runs a step as the command plugin does. */
  async function step(name: string, own: readonly (string | number)[], id = ""): Promise<Outcome> {
    const line = stepArguments({ ...outs, node: node().name }, name, own);
    const script = remotePathOf(outs.environment);
    return await attempt(node(), name, sh`sh ${script} ${line}`, { stdin: `${id}\n`, seconds: ENOUGH * 2 });
  }
  const copyScript = async () => {
    const stdin = readFileSync(scriptPath, "utf8");
    await attempt(node(), "copy", sh`cat >${remotePathOf(outs.environment)}`, { stdin });
  };
  const stack = async (id: string, seconds = ENOUGH) => await step("stack", [seconds, ENOUGH], id);
  const begins = async () => Number(await on(node(), `grep -c 'stack begins' ${DOUBLE}/events || true`));
  /** How many stack.sh run on the node. */
  const running = async () => Number(await on(node(), "pgrep -cf '^bash [^ ]*/stack.sh$' || true"));
  /** Waits until stack.sh has begun once more. */
  const begun = async (before: number) =>
    await until("stack.sh to begin", ENOUGH, async () => (await begins()) > before);

  beforeAll(async () => {
    const { user, home } = stackUser;
    const localrc =
      "[[local|localrc]]\nHOST_IP=127.0.0.1\nSERVICE_HOST=127.0.0.1\nADMIN_PASSWORD=very-secret\nLOGFILE=/opt/stack/logs/stack.sh.log\n";
    await on(
      node(),
      `set -e; useradd --create-home --home-dir ${home} --shell /bin/bash ${user}
      install -d -o ${user} ${TREE} ${DOUBLE}; printf '${localrc}' >${TREE}/local.conf; chown ${user} ${TREE}/local.conf`,
    );
    const about = { node: node(), environment: `${lab().lab.stack}-000000`, user, tree: TREE };
    const made = await devstackRun.create({ ...about, secretNames: [], unstackSeconds: ENOUGH, goesWithStack: false });
    outs = made.outs;
    await copyScript();
  });

  it("uses a devstack that is on the node already", async () => {
    await on(node(), `install -m 755 /dev/null ${TREE}/stack.sh`);
    expect((await step("checkout", [repository, "nowhere", ENOUGH])).stdout).toBe(
      `using the devstack that is in ${TREE}\n`,
    );
    await on(node(), `rm ${TREE}/stack.sh`);
  });

  it("says which reference of which repository is not to be had", async () => {
    const { status, stderr } = await step("checkout", [repository, "nowhere", ENOUGH]);
    expect(status).toBe(1);
    expect(stderr).toContain(
      `primary: devstack could not be fetched at nowhere from ${repository} within ${ENOUGH} s:`,
    );
    expect((await step("checkout", [repository, "master", ENOUGH])).stdout).toBe("fetched master\n");
  });

  it("is ended when it takes longer than it may, and tells in which phase it was", async () => {
    await on(node(), `touch ${DOUBLE}/wait`);
    const { status, stderr } = await stack("first", 1);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^stack failed on primary in phase "Installing package prerequisites" after \d+ s: /);
    expect(stderr).toContain("it took longer than the 1 s of devstack.run.seconds.stack");
    expect(stderr).toContain("    + openstack --os-password (secret) token issue");
    expect(stderr).not.toContain("very-secret");
  });

  it("goes on when the connection is lost, and is watched again by whoever comes with the same configuration", async () => {
    // Another id with every try of the test, as what was stacked with the same one is not stacked again.
    const id = `second ${Date.now()}`;
    await on(node(), `touch ${DOUBLE}/wait`);
    const before = await begins();
    const cut = stack(id).catch((error: Error) => error.message);
    await begun(before);
    closeConnections();
    expect(await cut).toMatch(/connection/);
    await on(node(), `rm ${DOUBLE}/wait`);
    const { status, stdout, stderr } = await stack(id);
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/ s {2}stack\.sh completed\n$/);
    expect(await begins()).toBe(before + 1);
    expect((await stack(id)).stdout).toBe("stacked with this configuration already\n");
  });

  it("that vanished is told as that", async () => {
    await on(node(), `touch ${DOUBLE}/wait`);
    const before = await begins();
    const watched = stack("third");
    await begun(before);
    await on(node(), `kill -9 -- -$(cat ${folder()}/pid)`);
    expect((await watched).stderr).toContain("it vanished, as when the node is restarted");
    await on(node(), `rm ${DOUBLE}/wait`);
    await until("the orphaned stack.sh to end", ENOUGH, async () => (await running()) === 0);
  });

  it("is ended with all its processes when another configuration comes, and when it is to be removed", async () => {
    await on(node(), `touch ${DOUBLE}/wait`);
    const before = await begins();
    const first = stack("fourth");
    await begun(before);
    const second = stack("fifth");
    await begun(before + 1);
    expect(await running()).toBe(1);
    await devstackRun.delete("id", outs);
    expect(await running()).toBe(0);
    for (const { status } of await Promise.all([first, second])) expect(status).not.toBe(0);

    await on(node(), `rm ${DOUBLE}/wait`);
    outs = (await devstackRun.create(outs)).outs;
    await copyScript();
    await step("checkout", [repository, "master", ENOUGH]);
    expect((await stack("sixth")).status).toBe(0);
  });

  it("keeps a host that stays from being left stacked, and no node that goes anyway", async () => {
    await on(node(), `touch ${DOUBLE}/stuck`);
    await expect(devstackRun.delete("id", outs)).rejects.toThrow(
      /unstack\.sh failed on primary.*\n.*a volume is in use/s,
    );
    expect(await on(node(), `ls ${folder()}`)).toContain("unstack.log");
    await devstackRun.delete("id", { ...outs, goesWithStack: true });

    await on(node(), `rm ${DOUBLE}/stuck`);
    await devstackRun.delete("id", outs);
    expect(
      await on(node(), `ls ${TREE}; ls -d ${folder()} ${remotePathOf(outs.environment)} 2>/dev/null || true`),
    ).toBe("local.conf\n");
  });
});
