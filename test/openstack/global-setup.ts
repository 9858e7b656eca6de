/** Starts the test cloud of a run, in a process of its own, and ends it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TestProject } from "vitest/node";
import type { CloudDescription } from "./cloud/cloud.ts";
import { ofCloudOnMachine } from "./leftovers.ts";

/** Gives the cloud to the tests, and vitest what ends it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Its input ends with this process, however that ends, and the cloud with its input.
  const main = spawn(process.execPath, [join(import.meta.dirname, "cloud", "main.ts")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(main, "exit");
  const [line] = await Promise.race([
    once(createInterface({ input: main.stdout }), "line"),
    ended.then(([code]) => Promise.reject(new Error(`the test cloud did not start (exit code ${code})`))),
  ]);
  const cloud = JSON.parse(String(line)) as CloudDescription;
  project.provide("cloud", cloud);
  return async () => {
    main.stdin.end();
    await ended;
    const left = await ofCloudOnMachine(cloud.lab);
    if (left.length > 0) throw new Error(`the test cloud left on this machine:\n${left.join("\n")}`);
  };
}
