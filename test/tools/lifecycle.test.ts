import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pulumiHome } from "../../tools/pulumi/environment.ts";
import { installFolder } from "../../tools/pulumi/locate.ts";
import { readLocks } from "../../tools/stack/locks.ts";
import { projectFolder } from "../../tools/support/project.ts";
import { until } from "../support/until.ts";

/** The real Pulumi runs up to five times in a test. */
const TIMEOUT_MS = 120_000;

/** Seconds until a run of Pulumi has come to its program. */
const HOLD_SECONDS = 60;

/** A program without nodes, which hangs as long as a file named `hold` is there and says so by a file named `held`. */
const program = `import { existsSync, writeFileSync } from "node:fs";
if (existsSync("hold")) writeFileSync("held", "");
while (existsSync("hold")) await new Promise((resolve) => setTimeout(resolve, 50));
export const nodes = [
  { name: "primary", role: "primary", number: 0, hostname: "p", address: "10.9.0.10", publicAddress: "203.0.113.4" },
];
`;
/** More operations than Pulumi runs at once by itself: four for each processor. */
const CROWD = 4 * availableParallelism() + 1;

/** A program whose resources are made only when all of them are being made, as subnodes are stacked side by side. */
const crowdedProgram = `import { mkdirSync } from "node:fs";
import { dynamic } from "@pulumi/pulumi";
mkdirSync("crowd");
const provider = {
  async create({ crowd }) {
    const { readdirSync, writeFileSync } = require("node:fs");
    const id = require("node:crypto").randomUUID();
    writeFileSync("crowd/" + id, "");
    for (let tries = 0; readdirSync("crowd").length < crowd; tries++) {
      if (tries > 400) throw new Error("only " + readdirSync("crowd").length + " are being made at once");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return { id, outs: {} };
  },
};
for (let number = 0; number < ${CROWD}; number++) new dynamic.Resource(provider, "resource-" + number, { crowd: ${CROWD} });
`;
const stackText = "# mine\nconfig: { devstack-multinode:nodes: { backend: inventory } }\n";

let project: string;
let stackFile: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "lifecycle-test-"));
  for (const name of ["tools", "model", "providers", "package.json", "Pulumi.yaml"]) {
    cpSync(join(projectFolder, name), join(project, name), { recursive: true });
  }
  symlinkSync(join(projectFolder, "node_modules"), join(project, "node_modules"));
  writeFileSync(join(project, "index.ts"), program);
  stackFile = join(project, "Pulumi.gate.yaml");
  writeFileSync(stackFile, stackText);
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

function tool(name: string, ...args: string[]) {
  const env = {
    ...process.env,
    PULUMI_BACKEND_URL: `file://${join(project, ".multinode", ".state")}`,
    PULUMI_CONFIG_PASSPHRASE: undefined,
    PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
    // As the npm scripts set it.
    NODE_COMPILE_CACHE: join(project, ".multinode", ".cache", "node"),
  };
  return execa(process.execPath, [join(project, "tools", `${name}.ts`), ...args], {
    cwd: tmpdir(),
    env,
    reject: false,
  });
}

function stateFiles(): readonly string[] {
  const state = join(project, ".multinode", ".state");
  const entries = readdirSync(state, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Waits for the run that holds its program, and gives its lock: other runs of `pulumi` before it have had locks of their own. */
async function lockOfRun() {
  await until("the program to run", HOLD_SECONDS, () => existsSync(join(project, "held")));
  const [lock] = readLocks(join(project, ".multinode", ".state"), "devstack-multinode", "gate");
  if (lock === undefined) throw new Error("a run of Pulumi is under way without a lock");
  return lock;
}

describe("start and destroy", { timeout: TIMEOUT_MS }, () => {
  it("make and remove an environment, and a purge leaves the project as it was", async () => {
    const start = await tool("start");
    expect(start.exitCode, start.stderr).toBe(0);
    expect(start.stdout).toMatch(/^primary {2}primary {2}10\.9\.0\.10 {2}203\.0\.113\.4$/m);
    expect(readFileSync(stackFile, "utf8")).toMatch(/^# mine\nconfig: \{ .* \}\nencryptionsalt: \S+\n$/);
    expect(new Set(stateFiles().map((file) => statSync(file).mode & 0o777))).toEqual(new Set([0o600]));

    mkdirSync(join(project, ".multinode", ".locks"));
    const destroy = await tool("destroy", "gate", "--purge");
    expect(destroy.exitCode, destroy.stderr).toBe(0);
    expect(readFileSync(stackFile, "utf8")).toBe(stackText);
    expect(existsSync(join(project, ".multinode"))).toBe(false);
    const pulumi = dirname(installFolder(pulumiHome()));
    expect(destroy.stderr.includes(`rm -r ${pulumi}`)).toBe(existsSync(pulumi));

    const again = await tool("destroy");
    expect(again).toMatchObject({ exitCode: 0, stdout: "" });
    expect(again.stderr).toContain("there is no such environment");
  });

  it("respect the lock of a living run, and go on after a killed one", async () => {
    writeFileSync(join(project, "hold"), "");
    const hanging = tool("start");
    const lock = await lockOfRun();
    const second = await tool("start");
    expect(second.exitCode).toBe(1);
    expect(second.stderr).toContain(`process ${lock.pid} of ${lock.username} on host ${lock.hostname}`);

    process.kill(lock.pid, "SIGKILL");
    expect((await hanging).exitCode).toBe(1);
    rmSync(join(project, "hold"));
    const next = await tool("start");
    expect(next.exitCode, next.stderr).toBe(0);
    expect(next.stderr).toContain(`broke the lock of a run that is dead (process ${lock.pid}`);
    const { stdout } = await execa("ps", ["-eo", "args"]);
    expect(stdout).not.toContain(`--pwd ${project}`);
  });

  it("work on as many nodes at once as a stack has, whatever the machine's processors", async () => {
    writeFileSync(join(project, "index.ts"), crowdedProgram);
    const start = await tool("start");
    expect(start.exitCode, `${start.stderr}${start.stdout}`).toBe(0);
  });

  it("start again with a new state where the old one was removed by hand", async () => {
    await tool("start");
    rmSync(join(project, ".multinode"), { recursive: true });
    const start = await tool("start");
    expect(start.exitCode, start.stderr).toBe(0);
    expect(start.stderr).toContain("took the encryptionsalt of a state that is gone out of");
  });
});

describe("a stack that runs devstack, on a machine without the command plugin", { timeout: TIMEOUT_MS }, () => {
  it("can be looked at: only what changes it needs the plugin", async () => {
    const hosts = "nodes: { backend: inventory, inventory: { hosts: [{ address: 127.0.0.1, port: 1 }] } }";
    const runs = "devstack-multinode:devstack: { run: { stack: true } }";
    writeFileSync(stackFile, `config:\n  devstack-multinode:${hosts}\n  ${runs}\n`);
    const checked = await tool("preflight", "gate");
    expect(checked.stdout, checked.stderr).toContain("pre-flight: 1 problem on 1 of 1 hosts");
    const logs = await tool("logs", "gate");
    expect(logs.exitCode, logs.stderr).toBe(0);
    expect(logs.stderr).toContain("no logs to collect");
  });
});
