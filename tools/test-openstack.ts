/**
 * `npm run test:openstack`: set-up for lab and OpenStack, then the tests on test clouds. Arguments go to vitest; without any, the
 * tests that break a cloud run on one of their own beside the others. Both wait for the cloud most of the time.
 */

import { setUp } from "./setup.ts";
import { say } from "./support/progress.ts";
import { runTool } from "./support/run-tool.ts";
import { runVitest } from "./test.ts";

const config = ["--config", "vitest.openstack.config.ts"] as const;

/** The files that run on a cloud of their own, for vitest. */
const FAULTS = "test/openstack/faults";

async function main(args: readonly string[]): Promise<number> {
  // A server of the test cloud is a lab node; what else the cloud needs, it installs itself.
  await setUp("lab");
  const pulumi = await setUp("openstack");
  if (args.length > 0) return await runVitest(pulumi, [...config, ...args]);
  say(`the tests of ${FAULTS} run on a cloud of their own; what they print comes last`);
  const faults: string[] = [];
  const codes = await Promise.all([
    runVitest(pulumi, [...config, "--exclude", `${FAULTS}*`]),
    runVitest(pulumi, [...config, FAULTS], (text) => faults.push(text)),
  ]);
  process.stdout.write(faults.join(""));
  return codes.find((code) => code !== 0) ?? 0;
}

if (import.meta.main) await runTool(main);
