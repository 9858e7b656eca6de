/** How the tests run: those on real lab nodes in a small pool of their own, all others as parallel as the machine allows. */
import { defineConfig } from "vitest/config";

/** Tests that boot nodes; each file takes seconds of a whole core, so more than two at once only wait for each other. */
const LAB_TESTS = ["test/lab/**/*.test.ts", "test/providers/**/*.test.ts", "test/examples/**/*.test.ts"];
const LAB_WORKERS = 2;
/** Real nodes, packets and kills on a machine with other work: a test that fails is tried once more, and vitest says so. */
const LAB_RETRIES = 1;
/** Milliseconds any other test may take: a limit for what hangs, not a measure of speed. */
const UNIT_TIMEOUT_MS = 60_000;
/** Milliseconds a test on real nodes may take, set-up and clean-up included. */
const LAB_TIMEOUT_MS = 300_000;

export default defineConfig({
  test: {
    watch: false,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          testTimeout: UNIT_TIMEOUT_MS,
          include: ["test/**/*.test.ts"],
          exclude: [...LAB_TESTS, "test/openstack/**"],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "lab",
          include: LAB_TESTS,
          maxWorkers: LAB_WORKERS,
          retry: LAB_RETRIES,
          testTimeout: LAB_TIMEOUT_MS,
          hookTimeout: LAB_TIMEOUT_MS,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
