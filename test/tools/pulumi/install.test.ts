/** The set-up of Pulumi in a home of its own: real files, and sources that hand out programs made here. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ensurePulumi, type Sources } from "../../../tools/pulumi/install.ts";
import { findPulumi, installFolder } from "../../../tools/pulumi/locate.ts";
import { pulumiVersion } from "../../../tools/pulumi/version.ts";
import { UserError } from "../../../tools/support/user-error.ts";

/** What every source hands out; the launcher of dynamic providers comes from the npm package. */
const handedOut = ["pulumi", "pulumi-language-nodejs"] as const;

let home: string;
let target: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "install-test-"));
  target = installFolder(home);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** Writes programs that say the version when they are run. */
function write(folder: string, names: readonly string[] = handedOut): void {
  for (const name of names) writeFileSync(join(folder, name), `#!/bin/sh\necho v${pulumiVersion}\n`, { mode: 0o755 });
}

/** A download that gives these programs in a folder like that of the real one. */
function downloadOf(names: readonly string[]): Sources["download"] {
  return async (parent) => {
    const folder = join(mkdtempSync(join(parent, ".download-")), "bin");
    mkdirSync(folder);
    write(folder, names);
    return { folder };
  };
}

const unreachable: Sources["download"] = async (parent) => {
  mkdtempSync(join(parent, ".download-"));
  return { failure: "getaddrinfo ENOTFOUND" };
};

const never = async (): Promise<never> => {
  throw new Error("nobody asked for this");
};

function ensure(sources: Partial<Sources>) {
  return ensurePulumi({ home, path: "/nowhere" }, { download: never, build: never, ...sources });
}

/** Everything below the versions' folder but for what is in place. */
function remains(): readonly string[] {
  const outside = readdirSync(dirname(dirname(target))).filter((name) => name !== pulumiVersion);
  return [...outside, ...readdirSync(dirname(target)).filter((name) => name !== "bin")];
}

describe("a set-up of Pulumi", () => {
  it("puts what it downloads in place, and does nothing the next time", async () => {
    const installed = await ensure({ download: downloadOf(handedOut) });
    expect(installed).toEqual({ folder: target, version: `v${pulumiVersion}` });
    expect(readdirSync(target).sort()).toEqual([...handedOut, "pulumi-resource-pulumi-nodejs"].sort());
    expect(remains()).toEqual([]);
    expect(await ensure({})).toEqual(installed);
  });

  it("builds where the download site cannot be reached", async () => {
    const installed = await ensure({ download: unreachable, build: async (folder) => write(folder) });
    expect(installed.folder).toBe(target);
    expect(remains()).toEqual([]);
  });

  it.each<[string, Partial<Sources>, string]>([
    ["a download", { download: downloadOf(["pulumi"]) }, "given: no pulumi-language-nodejs"],
    [
      "a build",
      { download: unreachable, build: async (folder) => write(folder, ["pulumi-language-nodejs"]) },
      "given: no pulumi",
    ],
  ])("puts nothing of %s in place that is not complete", async (_, sources, given) => {
    const attempt = ensure(sources);
    await expect(attempt).rejects.toThrow(UserError);
    await expect(attempt).rejects.toThrow(given);
    expect(readdirSync(target)).toEqual([]);
    expect(remains()).toEqual([]);
    expect((await ensure({ download: downloadOf(handedOut) })).folder).toBe(target);
  });

  it("leaves nothing of a build that fails", async () => {
    const build = async (folder: string): Promise<never> => {
      write(folder, ["pulumi"]);
      throw new UserError("the compiler gave up");
    };
    await expect(ensure({ download: unreachable, build })).rejects.toThrow("the compiler gave up");
    expect(readdirSync(target)).toEqual([]);
    expect(remains()).toEqual([]);
  });

  it("goes on after one that was killed in the middle of its download", async () => {
    const install = join(import.meta.dirname, "../../../tools/pulumi/install.ts");
    const killed = await execa(process.execPath, ["--input-type=module", "-e", killedInDownload(install)], {
      env: { FAKE_HOME: home },
      reject: false,
    });
    expect(killed.signal, killed.stderr).toBe("SIGKILL");
    expect(remains()).toEqual([".devstack-multinode-set-up", expect.stringMatching(/^\.download-/)]);
    expect((await ensure({ download: downloadOf(handedOut) })).folder).toBe(target);
    expect(remains()).toEqual([]);
  });

  it("that ends between two programs leaves no CLI, so that nobody takes the others, and goes on from there", async () => {
    const inTheWay = join(target, "pulumi-language-nodejs");
    mkdirSync(inTheWay, { recursive: true });
    await expect(ensure({ download: downloadOf(handedOut) })).rejects.toThrow("EISDIR");
    expect(readdirSync(target).sort()).toEqual(["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"]);
    expect(await findPulumi(home, "/nowhere")).toBeNull();
    rmSync(inTheWay, { recursive: true });
    expect((await ensure({ download: downloadOf(handedOut) })).folder).toBe(target);
  });

  it("waits for another one at the same time, and takes what that one installed", async () => {
    let downloads = 0;
    const download: Sources["download"] = async (parent) => {
      downloads += 1;
      return await downloadOf(handedOut)(parent);
    };
    const both = await Promise.all([ensure({ download }), ensure({ download })]);
    expect(both.map(({ folder }) => folder)).toEqual([target, target]);
    expect(downloads).toBe(1);
    expect(existsSync(join(dirname(dirname(target)), ".devstack-multinode-set-up"))).toBe(false);
  });
});

/** A program that sets Pulumi up and ends in the middle of it, without a word. */
function killedInDownload(install: string): string {
  return `import { mkdtempSync } from "node:fs";
    import { ensurePulumi } from ${JSON.stringify(install)};
    const download = async (parent) => {
      mkdtempSync(parent + "/.download-");
      process.kill(process.pid, "SIGKILL");
      await new Promise(() => setInterval(() => {}, 1000));
    };
    await ensurePulumi({ home: process.env.FAKE_HOME, path: "/nowhere" }, { download });`;
}
