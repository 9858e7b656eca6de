import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findPulumi, installFolder, programs } from "../../../tools/pulumi/locate.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "locate-test-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Puts programs into a folder; each says its version when run. */
function place(folder: string, version: string, names: readonly string[] = programs): string {
  mkdirSync(folder, { recursive: true });
  for (const name of names) {
    writeFileSync(join(folder, name), `#!/bin/sh\necho ${version}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

describe("findPulumi", () => {
  it("takes set-up's own before one on PATH", async () => {
    const own = place(installFolder(root), "v3.259.0");
    const other = place(join(root, "other"), "v3.270.0");
    expect(await findPulumi(root, `${other}:/bin`)).toEqual({ folder: own, version: "v3.259.0" });
  });

  it.each(programs)("does not take an installation without %s", async (missing) => {
    place(
      installFolder(root),
      "v3.259.0",
      programs.filter((name) => name !== missing),
    );
    expect(await findPulumi(root, "/bin")).toBeNull();
  });

  it("does not take an empty or broken program", async () => {
    const own = place(installFolder(root), "v3.259.0");
    writeFileSync(join(own, "pulumi"), "");
    expect(await findPulumi(root, "/bin")).toBeNull();
    writeFileSync(join(own, "pulumi"), "#!/bin/sh\nexit 1\n");
    expect(await findPulumi(root, "/bin")).toBeNull();
  });

  it("takes a compatible one on PATH, its language host in another folder", async () => {
    const folder = place(join(root, "a"), "v3.250.1", ["pulumi"]);
    const host = place(join(root, "b"), "-", ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"]);
    expect(await findPulumi(root, `${folder}:${host}:/bin`)).toEqual({ folder, version: "v3.250.1" });
  });

  it("takes no older one, none without its language host, and no launcher, npm's or ours", async () => {
    const old = place(join(root, "old"), "v3.100.0");
    const alone = place(join(root, "alone"), "v3.259.0", ["pulumi"]);
    const npms = place(join(root, "node_modules", ".bin"), "v3.259.0");
    const ours = place(join(root, "tools", "pulumi", "launcher"), "v3.259.0");
    expect(await findPulumi(root, `${old}:/bin`)).toBeNull();
    expect(await findPulumi(root, `${alone}:/bin`)).toBeNull();
    expect(await findPulumi(root, `${npms}:${ours}:/bin`)).toBeNull();
  });
});
