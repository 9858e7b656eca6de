/** Hosts that are there already, handed over in every form, beside a stack that makes its nodes itself. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { removeNode } from "../../providers/lab/boot.ts";
import type { NodeHandle } from "../../providers/remote/node-handle.ts";
import { generateSshKey } from "../../providers/remote/ssh-key.ts";
import { withCommandPlugin } from "../support/command-plugin.ts";
import { devstackDouble } from "../support/devstack-double.ts";
import {
  type Agent,
  addSudoer,
  changeHostKey,
  changeLogin,
  iniInventory,
  keyFile,
  nodepoolFolder,
  startAgent,
  zuulInventory,
} from "../support/existing-hosts.ts";
import { labNodes, on } from "../support/lab-nodes.ts";
import { nodeSnapshots } from "../support/node-snapshot.ts";
import { makeProject, removeProject, type TestProject } from "../support/project.ts";
import { type TestConfig, type TestStack, testStack } from "../support/stack.ts";
import { comparableYield } from "../support/stack-yield.ts";

/** A user of the hosts who is not root. */
const SUDOER = "zuul";

describe("hosts that are there already", () => {
  const lab = labNodes({ subnodes: 3, openVswitch: true });
  const repository = devstackDouble();
  let project: TestProject;
  let agent: Agent;
  beforeAll(async () => {
    const made = withCommandPlugin(await makeProject());
    agent = await startAgent(join(made.temporary, "agent"), keyFile(host(0)));
    project = { ...made, environment: { ...made.environment, SSH_AUTH_SOCK: agent.socket } };
    await Promise.all(lab().nodes.map((node) => addSudoer(node, SUDOER)));
    await Promise.all(hosts().map((node) => on(node, `ip address add ${publicAddress(node)}/32 dev eth0`)));
  });
  afterAll(() => {
    agent.end();
    removeProject(project);
  });
  const yardstick = testStack();
  const stack = testStack(onHosts({}), () => project);

  const host = (number: number): NodeHandle => {
    const node = lab().nodes[number];
    if (node === undefined) throw new Error(`the tests have no node ${number}`);
    return node;
  };
  /** The stack's hosts; the last node is the jump host. */
  const hosts = (): readonly NodeHandle[] => lab().nodes.slice(0, 3);
  /** Another address of a host: the next one in the subnet that the lab gives it. */
  const publicAddress = ({ address }: NodeHandle) => address.replace(/\d+$/, (last) => String(Number(last) + 1));
  const names = () => hosts().map(({ name }) => name);
  const listed = () => hosts().map(({ address }) => ({ address }));
  const asRoot = { on: async (name: string, command: string) => await on(host(names().indexOf(name)), command) };

  const yieldOf = async (environment: TestStack, reach: Pick<TestStack, "on" | "name"> = environment) =>
    await comparableYield(environment, names(), reach);

  let expected: Record<string, unknown>;
  let untouched: Record<string, string>;

  it("get the same overlay, files and outputs as nodes that the stack makes itself", async () => {
    await yardstick().up();
    expected = await yieldOf(yardstick());
    await yardstick().destroy();
    untouched = await nodeSnapshots(asRoot, names());

    const environment = stack();
    environment.configure(onHosts({ hosts: listed(), identityFile: keyFile(host(0)) }));
    await environment.up();
    expect(await yieldOf(environment)).toEqual(expected);
    // Red when a resource's diff compares what it should not, or reads back other than it was written.
    expect(await environment.preview("--refresh")).toEqual([]);
    await environment.succeed(["refresh", "--yes", "--skip-preview", "--expect-no-changes"]);
  });

  it("are the same hosts in a nodepool folder, in an inventory of Zuul and in one written by hand", async () => {
    const environment = stack();
    const identityFile = keyFile(host(0));
    const nodepool = nodepoolFolder(join(project.temporary, "nodepool"), hosts());
    const yaml = zuulInventory(join(project.temporary, "zuul.yaml"), hosts(), "root");
    const ini = iniInventory(join(project.temporary, "hosts"), hosts(), "root");
    // Red when a form is read as other hosts, or in another order, or is logged in to in another way.
    for (const form of [{ nodepool, identityFile }, { file: yaml, identityFile }, { file: ini }]) {
      environment.configure(onHosts(form));
      expect(await environment.preview(), JSON.stringify(form)).toEqual([]);
    }
  });

  it("are logged in to with the key of their nodepool folder, and known by a file of known_hosts", async () => {
    const environment = stack();
    const nodepool = join(project.temporary, "nodepool");
    const knownHosts = join(project.temporary, "known_hosts");
    environment.configure(onHosts({ nodepool, knownHosts }));
    // Red when the folder's key is not used: without an agent there is no other.
    const preflight = async () =>
      await environment.run("env", [
        "SSH_AUTH_SOCK=",
        process.execPath,
        join(project.folder, "tools", "preflight.ts"),
        environment.name,
      ]);
    const known = (keyOf: (node: NodeHandle) => string): string =>
      hosts()
        .map((node) => `${node.address} ${keyOf(node)}\n`)
        .join("");
    writeFileSync(
      knownHosts,
      known(({ hostKey }) => hostKey),
    );
    const passed = await preflight();
    expect([passed.code, passed.stdout], passed.all).toEqual([0, "pre-flight: all 3 hosts passed"]);
    writeFileSync(
      knownHosts,
      known((node) => (node === host(2) ? host(3).hostKey : node.hostKey)),
    );
    const refused = await preflight();
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain(`on purpose: ${host(2).address} ${host(2).hostKey}   (in ${knownHosts})`);
  });

  it("are refused when one of them shows another host key", async () => {
    const environment = stack();
    environment.configure(onHosts({ hosts: listed(), identityFile: keyFile(host(0)) }));
    const putBack = await changeHostKey(host(1));
    try {
      const { code, all } = await environment.pulumi("up", "--yes", "--skip-preview", "--refresh");
      expect(code, all).not.toBe(0);
      expect(all).toMatch(/subnode-1.*host key/);
    } finally {
      await putBack();
    }
    await environment.up("--refresh");
    expect(await environment.preview()).toEqual([]);
  });

  it("are as they were when the stack is gone", async () => {
    await stack().destroy();
    expect(await nodeSnapshots(asRoot, names())).toEqual(untouched);
  });

  it("serve a user with sudo whose key the SSH agent holds, at the public addresses of Zuul's inventory", async () => {
    const environment = stack();
    const open = hosts().map((node) => ({ ...node, host: publicAddress(node) }));
    environment.configure(onHosts({ file: zuulInventory(join(project.temporary, "sudo.yaml"), open, SUDOER) }));
    await environment.up();
    const login = "echo $(id -un) $SSH_CONNECTION";
    expect(await environment.on("subnode-2", login)).toMatch(new RegExp(`^${SUDOER} .* ${open[2]?.host} 22$`));
    expect(await environment.preview("--refresh")).toEqual([]);

    const { nodes, inventory } = JSON.parse((await environment.succeed(["stack", "output", "--json"])).stdout);
    expect(nodes).toMatchObject(
      open.map((node) => ({ name: node.name, address: node.address, publicAddress: node.host })),
    );
    const { primary, subnodes } = parse(readFileSync(inventory, "utf8")).all.children;
    const written = Object.values<Record<string, unknown>>({ ...primary.hosts, ...subnodes.hosts });
    expect(written.map((about) => [about.ansible_host, about.underlay_address, about.public_address])).toEqual(
      open.map((node) => [node.host, node.address, node.host]),
    );
    // Red when tunnels end at public addresses, or what a user with sudo makes is not what root makes.
    const trimmed = async (name: string, command: string) => (await asRoot.on(name, command)).trimEnd();
    const { overlays, facts, verified } = await yieldOf(environment, { on: trimmed, name: environment.name });
    expect({ overlays, facts, verified }).toEqual({
      overlays: expected.overlays,
      facts: expected.facts,
      verified: expected.verified,
    });
  });

  it("serve through a jump host, with a key that the configuration holds, and run devstack so", async () => {
    const environment = stack();
    const through = host(3);
    const jump = { host: through.address, user: SUDOER, hostKey: through.hostKey };
    // Names that the jump host alone knows. Red when it is left out on the way, by us, the command plugin or ssh.
    const behind = listed().map((one, number) => ({ ...one, host: `node-${number}.behind` }));
    await on(through, behind.map((one) => `echo ${one.address} ${one.host} >>/etc/hosts`).join("; "));
    const key = readFileSync(keyFile(host(0)), "utf8");
    const configure = async (privateKey: string, devstack: TestConfig["devstack"] = {}) => {
      environment.configure({ ...onHosts({ hosts: behind, jump }), devstack });
      await environment.setSecret("devstack-multinode:nodes.inventory.privateKey", privateKey);
    };
    const stacked = { run: { stack: true, repository } };
    await configure(key, stacked);
    await environment.up("--refresh");
    const [, secretLine = ""] = key.split("\n");
    expect((await environment.state()).text).not.toContain(secretLine);
    expect(await environment.on("subnode-1", "tail -n 1 /opt/stack/double/events")).toContain("stack ends");
    // Red when a start looks at hosts whose key was changed with the file of the old one, which the end of it would mend.
    const fresh = generateSshKey("changed");
    const putBack = hosts().map((node) => changeLogin(node, fresh.publicKey));
    await on(through, `echo '${fresh.publicKey}' >>/home/${SUDOER}/.ssh/authorized_keys`);
    await configure(fresh.privateKey, stacked);
    const again = await environment.tool("start", environment.name).finally(() => putBack.map((undo) => undo()));
    expect(again.code, again.all).toBe(0);
    // The key's file is nothing that a clean checkout on another machine has; to undo devstack needs it.
    rmSync(join(environment.generated, "login_key"));
    await configure(key);
    const started = await environment.tool("start", environment.name);
    expect(started.code, started.all).toBe(0);
    // The files for users tell of the jump host, too.
    const { files: _, ...rest } = await yieldOf(environment);
    expect(rest).toEqual({ ...expected, files: undefined });
  });

  it("can be given up when one of them is gone for good", async () => {
    const environment = stack();
    const { name, incarnation } = host(2);
    const portsOfPrimary = async () => (await on(host(0), "ovs-vsctl list-ports br-ex")).trim().split("\n");
    expect(await portsOfPrimary()).toHaveLength(2);
    await removeNode(lab().lab, name, 2, incarnation);

    const rest = { hosts: listed().slice(0, 2), identityFile: keyFile(host(0)) };
    environment.configure(onHosts(rest));
    // Red when a host that does not answer is passed over in silence, or when nobody says what to do about it.
    const refused = await environment.pulumi("up", "--yes", "--skip-preview");
    expect(refused.code, refused.all).not.toBe(0);
    expect(refused.all).toMatch(
      new RegExp(
        `expected {2}hosts to remove it from; subnode-2 keeps port br-ex_${host(0).address} of bridge br-ex, and`,
      ),
    );
    expect(refused.all).toContain("write     nodes.inventory.abandon: [subnode-2] ");

    environment.configure(onHosts({ ...rest, abandon: [name] }));
    await environment.up("--refresh");
    expect(await portsOfPrimary()).toHaveLength(1);
    expect(await environment.preview("--refresh")).toEqual([]);
    await environment.destroy();
    const [primary = "", subnode = ""] = names();
    expect(await nodeSnapshots(asRoot, [primary, subnode])).toEqual({
      [primary]: untouched[primary],
      [subnode]: untouched[subnode],
    });
  });
});

/** A configuration with existing hosts. */
function onHosts(inventory: Readonly<Record<string, unknown>>): TestConfig {
  return { nodes: { backend: "inventory", inventory } };
}
