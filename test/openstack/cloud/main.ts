/**
 * A test cloud in the foreground: `node test/openstack/cloud/main.ts`. When it is up, one line of JSON on stdout says
 * how to reach it (`CloudDescription` of cloud.ts). It ends, and takes everything with it, when its input ends or with SIGINT or SIGTERM.
 */
import { identify } from "../../../providers/processes.ts";
import { StepError } from "../../../providers/remote/error.ts";
import { runTool } from "../../../tools/support/run-tool.ts";
import { UserError } from "../../../tools/support/user-error.ts";
import { describeCloud, startCloud, sweepClouds } from "./cloud.ts";
import { serveGuests } from "./guests.ts";

async function main(): Promise<number> {
  if (process.getuid?.() !== 0) throw new UserError("the test cloud boots lab nodes: run it as root");
  const owner = identify(process.pid);
  if (owner === undefined) throw new Error("this process is not in /proc");
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop.abort());
  process.stdin.on("end", () => stop.abort()).on("error", () => stop.abort());
  process.stdin.resume();
  try {
    const host = await Promise.race([startCloud(owner), stopped(stop.signal)]);
    process.stdout.write(`${JSON.stringify(describeCloud(host))}\n`);
    await serveGuests(host, stop.signal, (line) => process.stderr.write(`test cloud: ${line}\n`));
    return 0;
  } catch (error) {
    // The error of a step on this machine or a node has its message alone.
    throw error instanceof StepError ? new UserError(error.message) : error;
  } finally {
    await sweepClouds(owner);
    process.stdin.destroy();
  }
}

/** Fails when the signal comes. */
async function stopped(signal: AbortSignal): Promise<never> {
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  throw new UserError("the test cloud was ended before it was up");
}

if (import.meta.main) {
  await runTool(main);
  // What a start that was ended has under way is of no use to anybody.
  process.exit();
}
