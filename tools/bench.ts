/** `npm run bench`: how long things take, beside yardsticks of the same machine and minute. */
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Figures, figuresOf, type Series } from "../bench/figures.ts";
import { readOptions } from "../bench/options.ts";
import { measureOverlays } from "../bench/overlays.ts";
import type { Workshop } from "../bench/project.ts";
import { reportText } from "../bench/report.ts";
import { measureCommands, measurePlan } from "../bench/whole.ts";
import { ensureAnsible } from "./ansible/install.ts";
import { decideEnvironment, fileBackend, isLoggedIn, pulumiHome } from "./pulumi/environment.ts";
import { setUp } from "./setup.ts";
import { projectFolder } from "./support/project.ts";
import { runTool } from "./support/run-tool.ts";
import { UserError } from "./support/user-error.ts";

/** Signals that ask for an end: what is under way is ended, nodes and files are removed. */
const endSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Folder, in the benchmark's own, of the state of `npm start`. */
const stateFolder = "state";

async function main(args: readonly string[]): Promise<number> {
  const { nodes, runs, json, ansible: asked } = readOptions(args);
  if (process.getuid?.() !== 0) throw new UserError("the benchmark boots lab nodes: run it as root");
  const pulumi = await setUp("lab");
  // Before anything is measured: whoever asked for it is told at once when it cannot be had.
  const ansible = asked ? await ensureAnsible("community") : null;
  const folder = mkdtempSync(join(tmpdir(), "devstack-multinode-bench-"));
  mkdirSync(join(folder, stateFolder));
  const stop = new AbortController();
  const interrupt = (signal: NodeJS.Signals): void => {
    say(`${signal}: ending what is under way and removing the nodes`);
    stop.abort(new UserError(`the benchmark was ended by ${signal}`));
  };
  for (const signal of endSignals) process.on(signal, interrupt);
  try {
    const environment = benchEnvironment(pulumi.folder, folder);
    const figures = await measure({ folder, environment, signal: stop.signal }, nodes, runs, ansible);
    process.stdout.write(`${json ? JSON.stringify(figures, undefined, 2) : reportText(figures)}\n`);
    return 0;
  } catch (error) {
    throw stop.signal.aborted ? stop.signal.reason : error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    for (const signal of endSignals) process.off(signal, interrupt);
  }
}

async function measure(
  workshop: Workshop,
  nodes: readonly number[],
  runs: number,
  ansible: string | null,
): Promise<Figures> {
  const series: Series[] = [];
  for (const count of nodes) series.push(await measureOverlays(workshop, count, runs, ansible, say));
  const commands = await measureCommands(workshop, runs, say);
  return figuresOf(series, { ...commands, plan: await measurePlan(runs) });
}

/** The project's environment with a state and a passphrase of the benchmark's own. */
function benchEnvironment(pulumiFolder: string, folder: string): NodeJS.ProcessEnv {
  const own = {
    ...process.env,
    PULUMI_BACKEND_URL: fileBackend(join(folder, stateFolder)),
    PULUMI_CONFIG_PASSPHRASE: randomBytes(24).toString("base64url"),
    PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
  };
  const home = pulumiHome();
  const about = { project: projectFolder, pulumiFolder, pulumiHome: home, loggedIn: isLoggedIn(home) };
  return { ...own, ...decideEnvironment({ environment: own, ...about }).set };
}

function say(line: string): void {
  process.stderr.write(`bench: ${line}\n`);
}

if (import.meta.main) await runTool(main);
