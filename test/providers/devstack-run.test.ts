/** What becomes of a run of devstack that does not go as it should: too slow, cut off, ended, or not to be undone. */
import { beforeAll, describe, expect, it } from "vitest";
import { remotePathOf } from "../../providers/devstack-run/script.ts";
import { devstackRun } from "../../providers/implementations/devstack-run.ts";
import { closeConnections } from "../../providers/remote/pool.ts";
import { devstackDouble } from "../support/devstack-double.ts";
import { labNodes, on } from "../support/lab-nodes.ts";
import { until } from "../support/until.ts";
import { DevstackNode, DOUBLE, ENOUGH, SECRET, TREE } from "./devstack-node.ts";

describe("a run of devstack", () => {
  const lab = labNodes({ subnodes: 0, openVswitch: false });
  const repository = devstackDouble();
  let devstack: DevstackNode;

  beforeAll(async () => {
    const [primary] = lab().nodes;
    if (primary === undefined) throw new Error("expected a primary");
    devstack = await DevstackNode.prepare(primary, lab().environment);
  });

  it("uses a devstack that is on the node already", async () => {
    await on(devstack.node, `install -m 755 /dev/null ${TREE}/stack.sh`);
    expect((await devstack.step("checkout", [repository, "nowhere", ENOUGH])).stdout).toBe(
      `using the devstack that is in ${TREE}\n`,
    );
    await on(devstack.node, `rm ${TREE}/stack.sh`);
  });

  it("says which reference of which repository is not to be had", async () => {
    const { status, stderr } = await devstack.step("checkout", [repository, "nowhere", ENOUGH]);
    expect(status).toBe(1);
    expect(stderr).toContain(
      `primary: devstack could not be fetched at nowhere from ${repository} within ${ENOUGH} s:`,
    );
    expect((await devstack.step("checkout", [repository, "master", ENOUGH])).stdout).toBe("fetched master\n");
  });

  it("is ended when it takes longer than it may, and tells in which phase it was", async () => {
    await devstack.tell("wait", true);
    const { status, stderr } = await devstack.stack("first", 1);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^stack failed on primary in phase "Installing package prerequisites" after \d+ s: /);
    expect(stderr).toContain("it took longer than the 1 s of devstack.run.seconds.stack");
    expect(stderr).toContain("    + openstack --os-password (secret) token issue");
    expect(stderr).not.toContain(SECRET);
    expect([await devstack.running(), await devstack.atWork()]).toEqual([0, 0]);
  });

  it("makes files that the users of services can read", async () => {
    await devstack.tell("wait", false);
    expect((await devstack.stack(`readable ${Date.now()}`)).status).toBe(0);
    expect(await on(devstack.node, `stat -c %a ${TREE}/stack.sh ${DOUBLE}/events`)).toBe("755\n644\n");
  });

  it("goes on when the connection is lost, and is watched again by whoever comes with the same configuration", async () => {
    // Another id with every try of the test, as what was stacked with the same one is not stacked again.
    const id = `second ${Date.now()}`;
    await devstack.tell("wait", true);
    const before = await devstack.begins();
    const cut = devstack.stack(id).catch((error: Error) => error.message);
    await devstack.begun(before);
    closeConnections();
    expect(await cut).toMatch(/connection/);
    await devstack.tell("wait", false);
    const { status, stdout, stderr } = await devstack.stack(id);
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/ s {2}stack\.sh completed\n$/);
    expect(await devstack.begins()).toBe(before + 1);
    expect((await devstack.stack(id)).stdout).toBe("stacked with this configuration already\n");
  });

  it("that vanished is told as that", async () => {
    await devstack.tell("wait", true);
    const before = await devstack.begins();
    const watched = devstack.stack("third");
    await devstack.begun(before);
    await on(devstack.node, `kill -9 -- -$(cat ${devstack.folder}/pid)`);
    expect((await watched).stderr).toContain("it vanished, as when the node is restarted");
    await devstack.tell("wait", false);
    await until("the orphaned stack.sh to end", ENOUGH, async () => (await devstack.running()) === 0);
  });

  it("is ended with all its processes when another configuration comes, and when it is to be removed", async () => {
    await devstack.tell("wait", true);
    const before = await devstack.begins();
    const first = devstack.stack("fourth");
    await devstack.begun(before);
    const second = devstack.stack("fifth");
    await devstack.begun(before + 1);
    expect(await devstack.running()).toBe(1);
    await devstackRun.delete("id", devstack.outs);
    expect(await devstack.running()).toBe(0);
    for (const { status } of await Promise.all([first, second])) expect(status).not.toBe(0);

    await devstack.tell("wait", false);
    devstack.outs = (await devstackRun.create(devstack.outs)).outs;
    await devstack.copyScript();
    await devstack.step("checkout", [repository, "master", ENOUGH]);
    expect((await devstack.stack("sixth")).status).toBe(0);
  });

  it("is undone for as long as that may take, and no process of it stays", async () => {
    await devstack.tell("slow", true);
    await expect(devstackRun.delete("id", { ...devstack.outs, unstackSeconds: 1 })).rejects.toThrow(
      "unstack.sh failed on primary (exit status 124)",
    );
    expect(await devstack.atWork()).toBe(0);
    await devstack.tell("slow", false);
  });

  it("keeps a host that stays from being left stacked, and no node that goes anyway", async () => {
    await devstack.tell("stuck", true);
    await expect(devstackRun.delete("id", devstack.outs)).rejects.toThrow(
      /unstack\.sh failed on primary.*\n.*a volume is in use/s,
    );
    expect(await on(devstack.node, `ls ${devstack.folder}`)).toContain("unstack.log");
    await devstackRun.delete("id", { ...devstack.outs, goesWithStack: true });

    await devstack.tell("stuck", false);
    await devstackRun.delete("id", devstack.outs);
    expect(
      await on(
        devstack.node,
        `ls ${TREE}; ls -d ${devstack.folder} ${remotePathOf(devstack.outs.environment)} 2>/dev/null || true`,
      ),
    ).toBe("local.conf\n");
  });
});
