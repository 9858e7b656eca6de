/** A devstack for tests: a git bundle that every lab node can read, as it lies outside of the folders hidden from them. */
import { chmodSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll } from "vitest";
import { PROJECT_PREFIX } from "./project.ts";

/** The tree that is bundled. */
const tree = join(import.meta.dirname, "..", "devstack-double");

/** Branch of the bundle. */
const BRANCH = "master";

/** Declares the bundle for the tests of a file; gives its path, for use inside tests and in what is made before them. */
export function devstackDouble(): string {
  const folder = mkdtempSync(join("/var/tmp", PROJECT_PREFIX));
  const bundle = join(folder, "devstack.bundle");
  beforeAll(async () => {
    const work = join(folder, "work");
    cpSync(tree, work, { recursive: true });
    const git = async (...args: readonly string[]) => await execa("git", ["-C", work, ...args]);
    await git("init", "-q", "-b", BRANCH);
    await git("add", ".");
    await git("-c", "user.name=test", "-c", "user.email=test@localhost", "commit", "-q", "-m", "A devstack for tests");
    await git("bundle", "create", "-q", bundle, BRANCH);
    chmodSync(folder, 0o755);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return bundle;
}
