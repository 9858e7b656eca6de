/**
 * The entry of every npm script: `node tools/bootstrap.mjs <command> [arguments]`. Needs nothing but Node.js 20 and
 * npm; installs the project's packages when they are missing or older than package-lock.json, then runs
 * `tools/<command>.ts` on the project's own Node.js. Everything it says goes to stderr: stdout is the command's.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { LockError, withLock } from "./support/lock.mjs";

/** Oldest Node.js that can run this file and npm ci. */
const OLDEST_NODE = 20;
/** Seconds between two lines of progress. */
const PROGRESS_SECONDS = 10;
/** Longest time for one npm ci, and for waiting for another process's. */
const INSTALL_MINUTES = 15;

const project = dirname(dirname(realpathSync(fileURLToPath(import.meta.url))));
const modules = join(project, "node_modules");
const projectNode = join(modules, ".bin", "node");
/** Holds the hash of the lock file the packages were installed from. npm ci empties the folder first, so it goes with them. */
const stamp = join(modules, ".devstack-multinode-installed");

const say = (line) => process.stderr.write(`set-up: ${line}\n`);

class BootstrapError extends Error {}

function lockHash() {
  return createHash("sha256")
    .update(readFileSync(join(project, "package-lock.json")))
    .digest("hex");
}

function packagesAreCurrent() {
  try {
    return readFileSync(stamp, "utf8").trim() === lockHash() && existsSync(projectNode);
  } catch {
    return false;
  }
}

/** npm as the running script's own npm, or the one on PATH. */
function npmCommand() {
  const script = process.env.npm_execpath;
  return script?.endsWith(".js") && existsSync(script) ? [process.execPath, [script]] : ["npm", []];
}

async function installPackages() {
  if (packagesAreCurrent()) return;
  say("installing the project's npm packages (npm ci)");
  const [npm, prefix] = npmCommand();
  const started = Date.now();
  const elapsed = () => Math.round((Date.now() - started) / 1000);
  // Development packages are needed to run (vitest, TypeScript), whatever NODE_ENV says.
  const options = ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  const progress = setInterval(() => say(`npm ci is still at work, ${elapsed()} s`), PROGRESS_SECONDS * 1000);
  const hash = lockHash();
  const code = await run(npm, [...prefix, ...options], {
    cwd: project,
    stdio: ["ignore", 2, 2],
    timeout: INSTALL_MINUTES * 60_000,
  }).finally(() => clearInterval(progress));
  if (code !== 0) {
    throw new BootstrapError(
      `npm ci failed (exit code ${code}); its own words are above. Run the same command again to resume.`,
    );
  }
  const probe = spawnSync(projectNode, ["--version"], { encoding: "utf8" });
  if (probe.status !== 0) {
    throw new BootstrapError(
      "npm ci left no working Node.js in node_modules/.bin: the install script of the package `node` did not run. Allow it (npm config set ignore-scripts false) and try again.",
    );
  }
  writeFileSync(stamp, `${hash}\n`);
  say(`npm packages installed in ${elapsed()} s, Node.js ${probe.stdout.trim()}`);
}

/** Runs a program to its end and resolves to its exit code, 128 + number for a signal as shells do. */
function run(program, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, options);
    const forward = (signal) => {
      // A terminal sends Ctrl-C to the whole foreground group: passing it on would deliver it twice.
      if (signal === "SIGINT" && process.stdin.isTTY) return;
      child.kill(signal);
    };
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
    for (const signal of signals) process.on(signal, forward);
    const release = () => {
      for (const signal of signals) process.off(signal, forward);
    };
    child.once("error", (error) => {
      release();
      reject(new BootstrapError(`${program} cannot be run: ${error.message}`));
    });
    child.once("exit", (code, signal) => {
      release();
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}

async function main([command, ...args]) {
  if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
    throw new BootstrapError(`expected Node.js ${OLDEST_NODE} or newer, this is ${process.versions.node}.`);
  }
  const known = readdirSync(join(project, "tools"))
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -".ts".length));
  if (command === undefined || !known.includes(command)) {
    throw new BootstrapError(`expected a command, one of ${known.join(", ")}; given: ${command ?? "nothing"}.`);
  }
  if (!packagesAreCurrent()) {
    const lock = join(project, ".multinode", ".locks", "npm-ci");
    const options = { purpose: "npm ci", timeoutMs: INSTALL_MINUTES * 60_000, report: say };
    await withLock(lock, options, installPackages);
  }
  const script = join(project, "tools", `${command}.ts`);
  const cache = process.env.NODE_COMPILE_CACHE ?? join(project, ".multinode", ".cache", "node");
  const env = { ...process.env, NODE_COMPILE_CACHE: cache, NODE_USE_ENV_PROXY: process.env.NODE_USE_ENV_PROXY ?? "1" };
  return await run(projectNode, [script, ...args], { stdio: "inherit", env });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const known = error instanceof BootstrapError || error instanceof LockError;
  process.stderr.write(`${known ? error.message : error.stack}\n`);
  process.exitCode = 1;
}
