/** Two test clouds at once, and what is left of one that was killed. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, it, onTestFinished } from "vitest";
import { overlaps } from "../../model/addresses.ts";
import { type CloudDescription, sweepClouds } from "./cloud/cloud.ts";
import { TestCloud, testCloud } from "./cloud/index.ts";
import { ofCloudOnMachine } from "./leftovers.ts";

it("is removed by the next start after it was killed, and leaves another one in peace", async () => {
  const main = spawn(process.execPath, [join(import.meta.dirname, "cloud", "main.ts")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(async () => {
    main.kill("SIGKILL");
    await sweepClouds();
  });
  const ended = once(main, "exit");
  const [line] = await once(createInterface({ input: main.stdout }), "line");
  const second = JSON.parse(String(line)) as CloudDescription;
  const first = testCloud();
  expect(overlaps(second.range, first.description.range)).toBe(false);
  expect(await new TestCloud(second).servers()).toEqual([]);

  main.kill("SIGKILL");
  await ended;
  // Its services have no need of it: they run on.
  expect(await ofCloudOnMachine(second.lab)).toEqual(expect.arrayContaining([expect.stringMatching(/^process /)]));
  await sweepClouds();
  expect(await ofCloudOnMachine(second.lab)).toEqual([]);
  expect(await first.servers()).toEqual([]);
});
