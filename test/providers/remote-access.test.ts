/** Ways to a node other than root's own login: through a jump host, with an agent's keys, as a user with sudo. */
import { rmSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { mindingAbandoned } from "../../providers/abandoned.ts";
import type { AccessStage } from "../../providers/remote/access-failure.ts";
import { fingerprint } from "../../providers/remote/host-key.ts";
import type { JumpHost, NodeHandle } from "../../providers/remote/node-handle.ts";
import { closeConnections, introduce } from "../../providers/remote/pool.ts";
import { sh } from "../../providers/remote/quote.ts";
import { run } from "../../providers/remote/run.ts";
import { addSudoer, addUser, keyFile, startAgent } from "../support/existing-hosts.ts";
import { labNodes, on } from "../support/lab-nodes.ts";
import { PROJECT_PREFIX } from "../support/project.ts";
import { startSshServer, stopSshServer } from "../support/ssh-servers.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** A port of SSH servers that tests start. */
const PORT = 2222;

/** Characters of a script that no word of a command line holds (MAX_ARG_STRLEN, 131072 bytes). */
const LONG = 200_000;

const lab = labNodes({ subnodes: 2, openVswitch: false });

function node(number: number): NodeHandle {
  const found = lab().nodes[number];
  if (found === undefined) throw new Error(`the tests have no node ${number}`);
  return found;
}

function jumpHost(change: Partial<JumpHost> = {}): JumpHost {
  const { host, port, user, hostKey } = node(0);
  return { host, port, user, hostKey, identityFile: keyFile(node(0)), ...change };
}

/** The stage at which a step fails, and its message. */
async function failing(handle: NodeHandle): Promise<{ stage: AccessStage; message: string }> {
  const error = await run(handle, "log in", sh`true`).catch((failure) => failure);
  return { stage: error.cause?.stage, message: error.message };
}

afterEach(closeConnections);

describe("a jump host", () => {
  it("is the way to all nodes behind it, with one connection", async () => {
    const behind = [node(1), node(2)].map((one) => ({ ...one, jump: jumpHost() }));
    const script = sh`echo "\${SSH_CONNECTION%% *}"`;
    expect(await Promise.all(behind.map((one) => run(one, "look", script)))).toEqual(
      Array(2).fill(`${node(0).address}\n`),
    );
    // Red when every node has a connection to the jump host of its own; the looker's own is the second.
    const connections = await on(node(0), "ss -Htn state established sport = :22 | wc -l");
    expect(connections.trim()).toBe("2");
  });

  it("has its host key learned or checked", async () => {
    const { hostKey: _, ...unknown } = jumpHost();
    const { hostKey: __, jump: ___, ...newcomer } = node(1);
    const seen: string[] = [];
    await introduce({ ...newcomer, jump: unknown }, (own, through) => {
      seen.push(own, through);
      return { ...node(1), hostKey: own, jump: { ...unknown, hostKey: through } };
    });
    expect(seen).toEqual([node(1).hostKey, node(0).hostKey]);

    const other = await failing({ ...node(1), jump: jumpHost({ hostKey: node(2).hostKey }) });
    expect(other.stage).toBe("jump");
    expect(other.message).toContain(`expected ${fingerprint(node(2).hostKey)}, given ${fingerprint(node(0).hostKey)}`);
  });

  it("that was made anew on purpose has the key that the configuration gives it now", async () => {
    const { host, hostKey } = node(0);
    const nodes = { backend: "inventory", inventory: { hosts: [], jump: { host, hostKey } } };
    const folder = await mkdtemp(join(tmpdir(), `${PROJECT_PREFIX}jump-`));
    const config = { "devstack-multinode:nodes": nodes };
    writeFileSync(join(folder, "Pulumi.jump.yaml"), JSON.stringify({ config }));
    const before = process.cwd();
    process.chdir(folder);
    try {
      const behind = { ...node(1), jump: jumpHost({ hostKey: node(2).hostKey }) };
      const look = async () => await run(behind, "look", sh`echo in`);
      expect(await mindingAbandoned("jump-a1b2c3", look)).toBe("in\n");
    } finally {
      process.chdir(before);
      rmSync(folder, { recursive: true });
    }
  });

  it("that fails, forbids the way or does not get through is told from the node behind it", async () => {
    const [key = ""] = await startSshServer(node(0), PORT, ["ed25519"], ["AllowTcpForwarding no"]);
    const forbidding = await failing({ ...node(1), jump: jumpHost({ port: PORT, hostKey: key }) });
    await stopSshServer(node(0), PORT);
    expect(forbidding).toMatchObject({ stage: "jump", message: expect.stringContaining("does not allow connections") });
    const closed = await failing({ ...node(1), jump: jumpHost({ port: 1 }) });
    expect(closed).toMatchObject({ stage: "jump", message: expect.stringContaining("connection refused") });
    const unreached = await failing({ ...node(1), port: 1, jump: jumpHost() });
    expect(unreached).toMatchObject({ stage: "reach", message: expect.stringContaining("Connection refused") });
  });
});

describe("a login", () => {
  it("takes the keys of the SSH agent where no file is named, and says what to do where there is none", async () => {
    const { identityFile: _, ...keyless } = node(1);
    const folder = await mkdtemp(join(tmpdir(), `${PROJECT_PREFIX}agent-`));
    const agent = await startAgent(join(folder, "socket"), keyFile(node(1)));
    try {
      vi.stubEnv("SSH_AUTH_SOCK", agent.socket);
      expect(await run(keyless, "look", sh`echo in`)).toBe("in\n");
      closeConnections();
      await execa("ssh-add", ["-q", "-D"], { env: { SSH_AUTH_SOCK: agent.socket } });
      expect(await failing(keyless)).toMatchObject({
        stage: "login",
        message: expect.stringContaining("keys of the SSH agent"),
      });
      for (const none of [undefined, ""]) {
        vi.stubEnv("SSH_AUTH_SOCK", none);
        expect(await failing(keyless)).toMatchObject({
          stage: "login",
          message: expect.stringContaining("no SSH agent runs"),
        });
      }
    } finally {
      vi.unstubAllEnvs();
      agent.end();
      rmSync(folder, { recursive: true });
    }
  });

  it("names the key that is refused, missing, or protected by a passphrase", async () => {
    const folder = await mkdtemp(join(tmpdir(), `${PROJECT_PREFIX}keys-`));
    try {
      const [other, locked, broken] = ["other", "locked", "broken"].map((name) => join(folder, name));
      await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", `${other}`]);
      await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "a passphrase", "-f", `${locked}`]);
      writeFileSync(`${broken}`, "no key");
      const messages = await Promise.all(
        [other, locked, broken, join(folder, "none")].map((identityFile) =>
          failing({ ...node(1), identityFile: `${identityFile}` }),
        ),
      );
      expect(messages.map(({ stage }) => stage)).toEqual(Array(4).fill("login"));
      const { stdout: about } = await execa("ssh-keygen", ["-l", "-f", `${other}`]);
      expect(messages[0]?.message).toContain(`refused with the key ${other} (ssh-ed25519 ${about.split(" ")[1]})`);
      expect(messages[1]?.message).toContain(`ssh-add ${locked}`);
      expect(messages[2]?.message).toContain(`the private key ${broken} cannot be used`);
      expect(messages[3]?.message).toContain("no such file");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("a user who is not root", () => {
  beforeAll(async () => {
    await addSudoer(node(1), "admin");
    await addUser(node(1), "guest");
  });
  const admin = (): NodeHandle => ({ ...node(1), user: "admin" });

  it("works as root with sudo, with scripts and input of any length", async () => {
    const long = "x".repeat(LONG);
    for (const handle of [admin(), node(1)]) {
      expect(await run(handle, "look", sh`id -un; cat`, { stdin: "in" })).toBe("root\nin");
      expect(await run(handle, "write", sh`text=${long}; echo \${#text}; wc -c`, { stdin: long })).toBe(
        `${LONG}\n${LONG}\n`,
      );
    }
  });

  it("has no script on a command line, which sudo writes to the log", async () => {
    const seen = await run(admin(), "look", sh`: horse-battery; cat /proc/[0-9]*/cmdline`);
    expect(seen).toContain("sudo");
    expect(seen).not.toContain("horse-battery");
  });

  it("is told to need sudo where there is no right to it, and a script's own failure is not taken for that", async () => {
    const guest = await failing({ ...node(1), user: "guest" });
    expect(guest).toMatchObject({
      stage: "sudo",
      message: expect.stringMatching(/^subnode-1: log in: user guest cannot become root without a password: sudo: /),
    });
    const own = run(admin(), "try", sh`echo "sudo: not me" >&2; exit 3`);
    await expect(own).rejects.toThrow("subnode-1: try: exit status 3\n    sudo: not me");
  });
});
