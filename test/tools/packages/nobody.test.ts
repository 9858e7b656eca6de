import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, it, onTestFinished } from "vitest";
import { projectFolder } from "../../../tools/support/project.ts";
import { AS_NOBODY } from "../../support/nobody.ts";

/** In a view of the file system of its own: takes two programs out of it, then runs the words that follow. */
const without = `set -e
mount -t tmpfs tmpfs "$1"; mkdir "$1/upper" "$1/work"
mount -t overlay overlay -o "lowerdir=/usr/bin,upperdir=$1/upper,workdir=$1/work" /usr/bin
rm /usr/bin/systemd-nspawn /usr/bin/tcpdump
shift; exec "$@"`;

it("set-up without root on a machine that lacks packages says which, and the one command that installs them", async () => {
  const folder = mkdtempSync(join(tmpdir(), "multinode-test-nobody-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "view"));
  const setUp = [process.execPath, join(projectFolder, "tools", "setup.ts"), "--for", "lab"];
  const namespace = ["--mount", "--propagation", "private", "sh", "-c", without, "sh", join(folder, "view")];
  const result = await execa("unshare", [...namespace, ...AS_NOBODY, ...setUp], { all: true, reject: false });
  expect(result.exitCode, result.all).toBe(1);
  const commands = result.all.split("\n").filter((line) => line.includes("apt-get"));
  expect(commands, result.all).toHaveLength(1);
  expect(commands[0]).toContain("apt-get install -y --no-install-recommends systemd-container tcpdump'");
  expect(result.all).not.toMatch(/^\s+at /m);
});
