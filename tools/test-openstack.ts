/** `npm run test:openstack`: set-up for lab and OpenStack, then the tests on a test cloud. Arguments go to vitest. */

import { setUp } from "./setup.ts";
import { runTool } from "./support/run-tool.ts";
import { runVitest } from "./test.ts";

async function main(args: readonly string[]): Promise<number> {
  // A server of the test cloud is a lab node; what else the cloud needs, it installs itself.
  await setUp("lab");
  return await runVitest(await setUp("openstack"), ["--config", "vitest.openstack.config.ts", ...args]);
}

if (import.meta.main) await runTool(main);
