/** The pre-flight as the engine calls it, on real nodes that were there before any stack. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { expectationsOf } from "../../model/preflight/expectations.ts";
import type { HostProblem } from "../../model/preflight/problem.ts";
import { parseSettings } from "../../model/schema/index.ts";
import type { PartlyDone } from "../../providers/implementation.ts";
import { bridge } from "../../providers/implementations/bridge.ts";
import { preflight } from "../../providers/implementations/preflight.ts";
import { checkHosts } from "../../providers/preflight/check-hosts.ts";
import type { PreflightHost, PreflightInputs, PreflightOutputs } from "../../providers/preflight.ts";
import { fingerprint } from "../../providers/remote/host-key.ts";
import type { NodeHandle } from "../../providers/remote/node-handle.ts";
import { closeConnections } from "../../providers/remote/pool.ts";
import { generateSshKey } from "../../providers/remote/ssh-key.ts";
import { addUser } from "../support/existing-hosts.ts";
import { labNodes, on } from "../support/lab-nodes.ts";
import { snapshotCommand } from "../support/node-snapshot.ts";
import { PROJECT_PREFIX } from "../support/project.ts";
import { startSshServer, stopSshServer } from "../support/ssh-servers.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

/** A port of SSH servers that tests start; the lab's own is at 22. */
const PORT = 2222;

/** These hosts are of no stack whose file lists them. */
const noPlaces = () => undefined;

/** A port where nobody listens. */
const CLOSED = 1;

function inputs(hosts: readonly PreflightHost[], change: Partial<PreflightInputs> = {}): PreflightInputs {
  const nothing = { flavor: undefined, overlay: undefined, devstack: undefined, verify: undefined };
  const settings = parseSettings("test", { ...nothing, nodes: { lab: { subnodes: 2 } } });
  const expectations = expectationsOf(settings);
  return { hosts: [...hosts], environment: "test-000000", expectations, seconds: 0, problems: [], ...change };
}

/** A node as an inventory lists it. */
function hostOf(node: NodeHandle, change: Partial<PreflightHost> = {}): PreflightHost {
  const { name, address, host, port, user, identityFile = "" } = node;
  const number = name === "primary" ? 0 : Number(name.split("-")[1]);
  return { name, number, address, host, port, user, identityFile, ...change };
}

/** `<host>: <subject>: <given>` of every problem. */
function lines(problems: readonly HostProblem[]): readonly string[] {
  return problems.map(({ host, subject, given }) => `${host}: ${subject}: ${given}`);
}

async function failureOf(work: Promise<unknown>): Promise<PartlyDone> {
  return await work.then(
    () => {
      throw new Error("the pre-flight passed");
    },
    (error) => error,
  );
}

describe("hosts", () => {
  const lab = labNodes({ subnodes: 3, openVswitch: true });
  const nodeAt = (number: number): NodeHandle => {
    const node = lab().nodes[number];
    if (node === undefined) throw new Error(`the tests have no node ${number}`);
    return node;
  };

  it("that are as they should be pass, with handles of the keys they showed, and what this stack made on them is fine", async () => {
    const hosts = lab().nodes.map((node) => hostOf(node));
    const made = await preflight.create(inputs(hosts));
    expect(made.outs.handles).toEqual(
      lab().nodes.map(({ lab: _, ...node }) => ({ ...node, incarnation: expect.stringMatching(/^[0-9a-f]{12}$/) })),
    );

    const about = { node: nodeAt(0), environment: "test-000000", resource: "b", driver: "openvswitch" } as const;
    const wanted = { bridge: "br-ex", mtu: 1450, up: true, addresses: ["172.24.4.1/23"] };
    const built = await bridge.create({ ...about, ...wanted, generation: "aaaaaaaaaaaa" });
    try {
      expect((await preflight.read(made.id, made.outs)).inputs).toEqual(inputs(hosts));
      const stranger = await checkHosts(inputs(hosts, { environment: "other-111111" }), noPlaces, made.outs);
      expect(lines(stranger.problems)).toEqual(['primary: other stacks: stack "test" (test-000000): bridge br-ex']);
    } finally {
      await bridge.delete(built.id, built.outs);
    }
  });

  it("with anything wrong are reported all at once, and nothing is changed on any of them", async () => {
    const [primary, one, two, three] = [nodeAt(0), nodeAt(1), nodeAt(2), nodeAt(3)];
    await on(primary, "ip link add br-ex type bridge; ip link add other type vxlan id 7 dev eth0 dstport 4789");
    await on(primary, `perl -MSocket -e '${listening(4789)}' </dev/null >/dev/null 2>&1 & echo $! >/root/pid`);
    await on(one, "ip link add other0 type bridge; ip address add 172.24.4.77/24 dev other0; ip link set other0 up");
    await on(one, "mkdir -p /opt/stack; mount -t tmpfs -o size=1m tmpfs /opt/stack");
    await on(
      two,
      `printf '#!/bin/sh\\necho "ovs-vsctl (Open vSwitch) 2.5.9"\\n' >/usr/local/bin/ovs-vsctl; chmod 755 /usr/local/bin/ovs-vsctl`,
    );
    const keys = mkdtempSync(join(tmpdir(), PROJECT_PREFIX));
    const stranger = join(keys, "id");
    writeFileSync(stranger, generateSshKey("nobody's").privateKey, { mode: 0o600 });
    await addUser(three, "nosudo");
    // sudo keeps a record of whoever asked it, refused or not.
    await on(three, "su nosudo -c 'sudo -n true' 2>/dev/null || true");
    try {
      const before = await Promise.all(lab().nodes.map((node) => on(node, snapshotCommand)));
      const hosts = [
        hostOf(primary),
        hostOf(one),
        hostOf(two),
        hostOf(three, { user: "nosudo" }),
        hostOf(three, { name: "subnode-4", port: CLOSED }),
        hostOf(three, { name: "subnode-5", identityFile: stranger }),
        hostOf(three, { name: "subnode-6", hostKey: one.hostKey }),
      ];
      const error = await failureOf(preflight.create(inputs(hosts)));
      const report = error.message;
      expect(report).toMatch(/^pre-flight: 10 problems on 7 of 7 hosts; nothing was changed on any host\.$/m);
      for (const problem of [
        /bridge br-ex\n.*\n +given +an interface that devstack-multinode did not make\n +write .*ip link delete br-ex/,
        /UDP port 4789 of VXLAN\n.*\n +given +held by perl\n/,
        /UDP port 4789 of VXLAN\n.*\n +given +held by the VXLAN interface other, which does not share it\n/,
        /overlay addresses\n.*\n +given +172\.24\.4\.77\/24 on other0/,
        /disk space at \/opt\/stack\n +expected +at least 100 MiB free\n +given +[01] MiB\n/,
        /Open vSwitch\n +expected +2\.6 or newer\n +given +2\.5\.9\n/,
        /\n {2}subnode-3 \(nosudo@\S+ port 22\)\n +sudo\n.*\n +given +user nosudo cannot become root without a password: sudo: a password is required\n/,
        /\n {2}subnode-4 \(root@\S+ port 1\)\n +connection\n.*\n +given +.*connection refused/,
        /\n {2}subnode-5 \(root@\S+ port 22\)\n +login\n.*\n +given +.*the login was refused with the key \S+ \(ssh-ed25519 SHA256:\S+\)/,
      ]) {
        expect(report).toMatch(problem);
      }
      const [expected, given] = [fingerprint(one.hostKey), fingerprint(three.hostKey)];
      expect(report).toContain(`      expected  ${expected}\n      given     ${given}\n`);
      expect(report).toContain(`only if you know why it shows ${three.hostKey}: make its node anew`);
      expect(await Promise.all(lab().nodes.map((node) => on(node, snapshotCommand)))).toEqual(before);

      // The next run knows the hosts that let us in.
      const recorded = error.properties as PreflightOutputs;
      expect(recorded.handles.map(({ name }) => name)).toEqual(["primary", "subnode-1", "subnode-2", "subnode-3"]);
    } finally {
      await on(primary, "ip link delete br-ex; ip link delete other; kill $(cat /root/pid)");
      await on(one, "ip link delete other0; umount /opt/stack");
      await on(two, "rm /usr/local/bin/ovs-vsctl");
      await on(three, "userdel -rf nosudo 2>/dev/null");
      rmSync(keys, { recursive: true });
    }
    expect((await preflight.create(inputs(lab().nodes.map((node) => hostOf(node))))).outs.problems).toEqual([]);
  });

  it("that are found otherwise by a refresh show it as drift, which the next update reports", async () => {
    const hosts = [hostOf(nodeAt(0))];
    const made = await preflight.create(inputs(hosts));
    await on(nodeAt(0), "ip link add br-ex type bridge");
    try {
      const said = vi.spyOn(console, "log").mockImplementation(() => undefined);
      const found = await preflight.read(made.id, made.outs);
      expect(said).toHaveBeenCalledWith(expect.stringContaining("pre-flight: 1 problem on 1 of 1 hosts"));
      said.mockRestore();
      const olds = { ...made.outs, ...found.props };
      expect(await preflight.diff("preflight", olds, inputs(hosts))).toMatchObject({ changes: true, replaces: [] });
      const error = await failureOf(preflight.update("preflight", olds, inputs(hosts)));
      expect(error.message).toContain("bridge br-ex");
    } finally {
      await on(nodeAt(0), "ip link delete br-ex");
    }
  });

  it("that this stack's devstack has filled need no room for another one", async () => {
    const node = nodeAt(0);
    const asked = inputs([hostOf(node)]);
    const demanding = { ...asked, expectations: { ...asked.expectations, runsDevstack: true } };
    const disk = async () =>
      lines((await checkHosts(demanding, noPlaces)).problems).filter((line) => /disk/.test(line));
    const records = "/var/lib/devstack-multinode/test-000000";
    await on(node, "mkdir -p /opt/stack; mount -t tmpfs -o size=200m tmpfs /opt/stack");
    try {
      expect(await disk()).toEqual(["primary: disk space at /opt/stack: 200 MiB"]);
      await on(node, `mkdir -p ${records}/devstack; touch ${records}/devstack/begun`);
      expect(await disk()).toEqual([]);
    } finally {
      await on(node, `umount /opt/stack; rm -rf ${records}`);
    }
  });

  it("that are one machine under two names are told apart from hosts of one name", async () => {
    const [primary, one] = [nodeAt(0), nodeAt(1)];
    const name = (await on(primary, "hostname")).trim();
    const old = (await on(one, `hostname; hostname ${name}`)).trim();
    try {
      const hosts = [hostOf(primary), hostOf(one), hostOf(primary, { name: "subnode-2" })];
      expect(lines((await checkHosts(inputs(hosts), noPlaces)).problems)).toEqual([
        `subnode-1: host name: ${name}, as on primary`,
        "subnode-2: machine: the same machine as primary",
        `subnode-2: host name: ${name}, as on subnode-1`,
      ]);
    } finally {
      await on(one, `hostname ${old}`);
    }
  });

  it("are known by the key they showed first; another one is refused until the configuration gives it", async () => {
    const [first = ""] = await startSshServer(nodeAt(1), PORT);
    const host = hostOf(nodeAt(1), { port: PORT });
    const made = await preflight.create(inputs([host]));
    const [handle] = made.outs.handles;
    expect(handle?.hostKey).toBe(first);

    // Every run of Pulumi connects anew.
    closeConnections();
    const [second = ""] = await startSshServer(nodeAt(1), PORT);
    const error = await failureOf(preflight.update("preflight", made.outs, inputs([host])));
    expect(error.message).toContain(`expected  ${fingerprint(first)}`);
    expect(error.message).toContain(`given     ${fingerprint(second)}`);
    expect(error.message).toContain(second);
    const refused = error.properties as PreflightOutputs;
    expect(refused.handles).toEqual([handle]);

    closeConnections();
    const onPurpose = inputs([{ ...host, hostKey: second }]);
    const { outs } = await preflight.update("preflight", refused, onPurpose);
    expect(outs.handles).toEqual([{ ...handle, hostKey: second, incarnation: expect.any(String) }]);
    expect(outs.handles[0]?.incarnation).not.toBe(handle?.incarnation);
    await stopSshServer(nodeAt(1), PORT);
  });

  it("with keys of several types show the one that is known", async () => {
    const [ed25519 = "", rsa = ""] = await startSshServer(nodeAt(1), PORT, ["ed25519", "rsa"]);
    const host = hostOf(nodeAt(1), { port: PORT, hostKey: rsa });
    expect((await checkHosts(inputs([host]), noPlaces)).handles).toMatchObject([{ hostKey: rsa }]);
    const both = { ...host, hostKey: `${rsa}\n${ed25519}` };
    expect((await checkHosts(inputs([both]), noPlaces)).handles).toMatchObject([{ hostKey: rsa }]);
    await stopSshServer(nodeAt(1), PORT);
  });

  it("that do not answer yet are waited for, for as long as they may take", async () => {
    const host = hostOf(nodeAt(1), { port: PORT });
    closeConnections();
    const late = await checkHosts(inputs([host], { seconds: 3 }), noPlaces);
    expect(lines(late.problems)).toEqual([expect.stringMatching(/^subnode-1: connection: .*connection refused/)]);
    const waiting = checkHosts(inputs([host], { seconds: 60 }), noPlaces);
    await startSshServer(nodeAt(1), PORT);
    expect((await waiting).problems).toEqual([]);
    await stopSshServer(nodeAt(1), PORT);
  });
});

/** A program of perl's that holds a UDP port. */
function listening(port: number): string {
  return `socket(S, PF_INET, SOCK_DGRAM, 17); bind(S, sockaddr_in(${port}, INADDR_ANY)) or die; sleep 1000`;
}
