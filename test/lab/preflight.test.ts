/** The pre-flight through the real CLI, and by `npm run preflight`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { NodeHandle } from "../../providers/remote/node-handle.ts";
import { generateSshKey } from "../../providers/remote/ssh-key.ts";
import { addUser, changeHostKey, iniInventory, keyFile } from "../support/existing-hosts.ts";
import { labNodes, on } from "../support/lab-nodes.ts";
import { nodeSnapshots } from "../support/node-snapshot.ts";
import { testStack } from "../support/stack.ts";

describe("a stack on existing hosts", () => {
  const lab = labNodes({ subnodes: 2, openVswitch: true });
  const stack = testStack({ nodes: { backend: "inventory", inventory: { hosts: [{ address: "192.0.2.1" }] } } });
  const names = ["primary", "subnode-1", "subnode-2"];
  const host = (number: number): NodeHandle => {
    const node = lab().nodes[number];
    if (node === undefined) throw new Error(`the tests have no node ${number}`);
    return node;
  };
  const onNodes = { on: async (name: string, command: string) => await on(host(names.indexOf(name)), command) };

  /** Lists the first hosts, with what their entries say besides. */
  function list(entries: readonly Readonly<Record<string, unknown>>[]): void {
    const hosts = entries.map((more, number) => ({ address: host(number).address, ...more }));
    stack().configure({ nodes: { backend: "inventory", inventory: { hosts, identityFile: keyFile(host(0)) } } });
  }

  /** What `npm run preflight` says, and its exit code. */
  async function preflight(): Promise<{ code: number; stdout: string }> {
    const { code, stdout } = await stack().tool("preflight", stack().name);
    return { code, stdout };
  }

  let untouched: Record<string, string>;
  beforeAll(async () => {
    // The first user that is ever made on a machine leaves backups of the system's lists of users.
    await Promise.all(lab().nodes.map((node) => addUser(node, "somebody")));
    untouched = await nodeSnapshots(onNodes, names);
  });

  it("is checked before its first `up`, and nothing is changed while a host has a problem", async () => {
    list([{}, { port: 1 }, {}]);
    await on(host(2), "ip link add br-ex type bridge");
    try {
      const before = await nodeSnapshots(onNodes, names);
      expect(await stack().preview(), "a preview that contacts no host").not.toEqual([]);
      const checked = await preflight();
      expect(checked.code).toBe(1);
      expect(checked.stdout).toContain("pre-flight: 2 problems on 2 of 3 hosts; nothing was changed on any host.");
      const up = await stack().pulumi("up", "--yes", "--skip-preview");
      expect(up.code).not.toBe(0);
      expect(up.all).toMatch(/subnode-1 \(root@\S+ port 1\).*connection refused.*subnode-2 .*bridge br-ex/s);
      expect(up.all).not.toMatch(/^\s+at .*[\w/]+\.[tj]s:\d+/m);
      expect(await nodeSnapshots(onNodes, names)).toEqual(before);
    } finally {
      await on(host(2), "ip link delete br-ex");
    }
  });

  it("is checked with the key that its configuration holds now, not with that of the last `up`", async () => {
    const key = "devstack-multinode:nodes.inventory.privateKey";
    stack().configure({ nodes: { backend: "inventory", inventory: { hosts: [{ address: host(0).address }] } } });
    await stack().setSecret(key, generateSshKey("nobody's").privateKey);
    const up = await stack().pulumi("up", "--yes", "--skip-preview");
    expect(up.code).not.toBe(0);
    expect(up.all).toContain("the login was refused with the key");
    await stack().setSecret(key, readFileSync(keyFile(host(0)), "utf8"));
    expect(await preflight()).toEqual({ code: 0, stdout: "pre-flight: the host passed" });
  });

  it("passes once it is mended, and when it is deployed, and shows a host that is added by itself", async () => {
    list([{}, {}]);
    expect(await preflight()).toEqual({ code: 0, stdout: "pre-flight: all 2 hosts passed" });
    await stack().up();
    expect(await preflight()).toEqual({ code: 0, stdout: "pre-flight: all 2 hosts passed" });

    list([{}, {}, {}]);
    // Red when what is learned of one host makes all others' handles unknown: they would show as replaced.
    const replaced = (await stack().preview()).filter(({ op }) => /replace|delete/.test(op));
    expect(replaced).toEqual([]);
    await stack().up();
    expect(await stack().preview("--refresh")).toEqual([]);
  });

  it("knows its hosts by their keys, and takes another one where the configuration gives it", async () => {
    const putBack = await changeHostKey(host(1));
    try {
      const refused = await preflight();
      expect(refused.code).toBe(1);
      expect(refused.stdout).toMatch(
        /subnode-1 .*host key\n +expected +ssh-ed25519 SHA256:\S+\n +given +ssh-ed25519 SHA256:\S+\n/s,
      );
      const place = /on purpose: hostKey: (ssh-ed25519 \S+) {3}\(nodes\.inventory\.hosts\[1\]\.hostKey\)/;
      const [, hostKey] = place.exec(refused.stdout) ?? [];
      list([{}, { hostKey }, {}]);
      const started = await stack().tool("start", stack().name);
      expect(started.code, started.all).toBe(0);
      expect(await stack().preview("--refresh")).toEqual([]);
    } finally {
      await putBack();
    }
    // Red when the key of a host that was made anew is looked for in the configuration alone.
    const { name, hostKey } = host(1);
    const file = iniInventory(join(stack().project.temporary, "hosts"), lab().nodes, "root", { [name]: hostKey });
    stack().configure({ nodes: { backend: "inventory", inventory: { file } } });
    await stack().up("--refresh");
  });

  it("leaves the hosts as they were", async () => {
    await stack().destroy();
    expect(await nodeSnapshots(onNodes, names)).toEqual(untouched);
  });
});

describe("a stack that makes its nodes itself", () => {
  const stack = testStack();
  it("has nothing to check", async () => {
    const { code, stdout } = await stack().tool("preflight", stack().name);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `stack ${stack().name}: nothing to check, as it makes its nodes itself`,
    });
  });
});
