import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { projectFolder } from "../../tools/support/project.ts";

/** A real npm ci of a tiny project, on a busy machine. */
const TIMEOUT_MS = 60_000;

let project: string;
let installs: string;

/** A project of one package, `node`, whose program is the Node.js of this test, and whose installation leaves a line in a log. */
beforeEach(async () => {
  project = mkdtempSync(join(tmpdir(), "bootstrap test "));
  installs = join(project, "installs");
  mkdirSync(join(project, "tools"));
  cpSync(join(projectFolder, "tools", "bootstrap.mjs"), join(project, "tools", "bootstrap.mjs"));
  cpSync(join(projectFolder, "tools", "support"), join(project, "tools", "support"), { recursive: true });
  writeFileSync(
    join(project, "tools", "tell.ts"),
    "console.log(process.argv.slice(2).join('|'));\nprocess.exitCode = Number(process.argv[2] ?? 0);\n",
  );
  const node = join(project, "vendor", "node");
  mkdirSync(join(node, "bin"), { recursive: true });
  writeFileSync(join(node, "bin", "node"), `#!/bin/sh\nexec '${process.execPath}' "$@"\n`, { mode: 0o755 });
  writeJson(join(node, "package.json"), { name: "node", version: "1.0.0", bin: { node: "bin/node" } });
  const scripts = { preinstall: "echo installed >> installs" };
  writeJson(join(project, "package.json"), {
    name: "tiny",
    version: "1.0.0",
    scripts,
    dependencies: { node: "file:vendor/node" },
  });
  await execa("npm", ["install", "--package-lock-only", "--ignore-scripts", "--offline", "--no-audit"], {
    cwd: project,
  });
}, TIMEOUT_MS);
afterEach(() => rmSync(project, { recursive: true, force: true }));

function writeJson(file: string, content: unknown): void {
  writeFileSync(file, JSON.stringify(content, null, 2));
}

function bootstrap(...args: string[]) {
  const env = { ...process.env, npm_execpath: undefined, npm_config_offline: "true" };
  return execa("node", [join(project, "tools", "bootstrap.mjs"), ...args], { cwd: tmpdir(), env, reject: false });
}

function installCount(): number {
  return existsSync(installs) ? readFileSync(installs, "utf8").split("\n").length - 1 : 0;
}

describe("bootstrap", { timeout: TIMEOUT_MS }, () => {
  it("installs once, keeps stdout for the command, and passes arguments and exit code through", async () => {
    const first = await bootstrap("tell", "7", "two words");
    expect(first).toMatchObject({ stdout: "7|two words", exitCode: 7 });
    expect(first.stderr).toContain("set-up: installing the project's npm packages");
    const second = await bootstrap("tell", "0");
    expect(second).toMatchObject({ stdout: "0", stderr: "", exitCode: 0 });
    expect(installCount()).toBe(1);
  });

  it("installs again when the lock file changed or an installation did not end", async () => {
    await bootstrap("tell");
    const lock = join(project, "package-lock.json");
    writeFileSync(lock, `${readFileSync(lock, "utf8")}\n`);
    await bootstrap("tell");
    expect(installCount()).toBe(2);
    rmSync(join(project, "node_modules", ".devstack-multinode-installed"));
    await bootstrap("tell");
    expect(installCount()).toBe(3);
  });

  it("installs once when two start at the same time", async () => {
    const both = await Promise.all([bootstrap("tell", "0"), bootstrap("tell", "0")]);
    expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(installCount()).toBe(1);
  });

  it("says what failed when npm does", async () => {
    writeJson(join(project, "package.json"), { name: "tiny", version: "1.0.0", dependencies: { missing: "1.0.0" } });
    const { stderr, stdout, exitCode } = await bootstrap("tell");
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 1 });
    expect(stderr).toMatch(/npm ci failed \(exit code \d+\).*Run the same command again to resume\.$/s);
  });

  it("lists the commands for one that is not there", async () => {
    const { stderr, exitCode } = await bootstrap("tel");
    expect({ stderr, exitCode }).toEqual({ stderr: "expected a command, one of tell; given: tel.", exitCode: 1 });
  });

  it("passes a request to end on to the command", async () => {
    writeFileSync(
      join(project, "tools", "wait.ts"),
      "process.on('SIGTERM', () => process.exit(42));\nsetInterval(() => {}, 1000);\nconsole.log('ready');\n",
    );
    await bootstrap("tell");
    const waiting = bootstrap("wait");
    waiting.stdout.once("data", () => waiting.kill("SIGTERM"));
    expect((await waiting).exitCode).toBe(42);
  });
});
