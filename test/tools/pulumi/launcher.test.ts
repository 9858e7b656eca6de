import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { launcherFolder } from "../../../tools/pulumi/locate.ts";
import { projectFolder } from "../../../tools/support/project.ts";

const launcher = join(projectFolder, launcherFolder);

let root: string;
/** Folder of a stand-in for the real Pulumi: it says how it was called, and ends with 3. */
let real: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "launcher-test-"));
  real = join(root, "real folder");
  mkdirSync(real);
  writeFileSync(join(real, "pulumi"), `#!/bin/sh\nprintf '<%s>' "$@"\ncat\nexit 3\n`);
  chmodSync(join(real, "pulumi"), 0o755);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Runs `pulumi` with the given folders first on PATH; what it makes and looks for among temporary files is in the test's folder. */
async function pulumi(folders: readonly string[], args: readonly string[], input = "") {
  const env = { PATH: [...folders, "/usr/bin", "/bin"].join(delimiter), TMPDIR: root };
  return await execa("pulumi", [...args], { env, extendEnv: false, input, reject: false, timeout: 20_000 });
}

/** A folder of pipes as a killed run leaves it. */
function leftPipes(): string {
  const folder = join(root, "pulumi-node-pipes1");
  mkdirSync(folder);
  return folder;
}

describe("the launcher of Pulumi", () => {
  it("hands over to the real one: every word, standard input, exit code", async () => {
    const args = ["up", "two words", "", "$HOME", "it's", "*"];
    const { stdout, stderr, exitCode } = await pulumi([launcher, real], args, "input");
    expect(stdout).toBe(`${args.map((word) => `<${word}>`).join("")}input`);
    expect(stderr).toBe("");
    expect(exitCode).toBe(3);
  });

  it.each([["cancel"], ["destroy"], ["down"], ["dn"], ["--stack", "gate", "destroy", "--yes"]])(
    "clears what killed runs left before %s",
    async (...args) => {
      const left = leftPipes();
      const { stdout, stderr, exitCode } = await pulumi([launcher, real], args);
      expect(existsSync(left)).toBe(false);
      expect(stderr).toBe(
        "pulumi: removed what killed runs of Pulumi had left among the temporary files (folders of pipes: 1)",
      );
      expect(stdout).toBe(args.map((word) => `<${word}>`).join(""));
      expect(exitCode).toBe(3);
    },
  );

  it("spends no time on that before other commands", async () => {
    const left = leftPipes();
    await pulumi([launcher, real], ["preview"]);
    expect(existsSync(left)).toBe(true);
  });

  it("ends where it finds itself again, or another one", async () => {
    const other = join(root, launcherFolder);
    mkdirSync(other, { recursive: true });
    writeFileSync(join(other, "pulumi"), `#!/bin/sh\necho "other: $*"\n`);
    chmodSync(join(other, "pulumi"), 0o755);
    const { stdout } = await pulumi([launcher, real, launcher, other], ["version"]);
    expect(stdout).toBe("other: version");
  });

  it("says what to write where there is no real one, and takes none of the current folder", async () => {
    const env = { PATH: [launcher, "/usr/bin", "/bin"].join(delimiter) };
    const { stderr, exitCode } = await execa("pulumi", ["version"], {
      env,
      extendEnv: false,
      cwd: real,
      reject: false,
    });
    expect(exitCode).toBe(127);
    expect(stderr).toMatch(
      /^pulumi: expected the real pulumi on PATH behind .*, given none\. Write: npm run setup, then eval/,
    );
  });
});
