/** How a run of the tests on a test cloud goes: on one cloud, which a test may break while no other uses it. */
import { defineConfig } from "vitest/config";

/** Real nodes, services and kills: a test that fails is tried once more, and vitest says so. */
const RETRIES = 1;
/** Milliseconds a test may take: the plugin looks at the API every few seconds only. */
const TIMEOUT_MS = 600_000;

export default defineConfig({
  test: {
    watch: false,
    name: "openstack",
    include: ["test/openstack/**/*.test.ts"],
    globalSetup: "test/openstack/global-setup.ts",
    fileParallelism: false,
    retry: RETRIES,
    testTimeout: TIMEOUT_MS,
    hookTimeout: TIMEOUT_MS,
  },
});
