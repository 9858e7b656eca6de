import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, it, onTestFinished } from "vitest";
import { removeDeadPipeFolders } from "../../../providers/killed-runs/pipe-folders.ts";
import { until } from "../../support/until.ts";

it("removes folders of pipes whose owner is dead, and no others", async () => {
  const temporary = mkdtempSync(join(tmpdir(), "multinode-test-pipes-"));
  onTestFinished(() => rmSync(temporary, { recursive: true }));
  // A stand-in for the language host: what counts are its name, its age and its folder for temporary files.
  const host = execa("tail", ["-f", "/dev/null"], {
    argv0: "pulumi-language-nodejs",
    env: { TMPDIR: temporary },
    reject: false,
  });
  onTestFinished(() => void host.kill("SIGKILL"));
  const running = () => readFileSync(`/proc/${host.pid}/cmdline`, "utf8").startsWith("pulumi-language-nodejs");
  await until("the stand-in to run", 5, running);

  const [left, foreign, other] = ["pulumi-node-pipes1", "pulumi-node-pipes2", "somebody-pipes3"].map((name) =>
    join(temporary, name),
  ) as [string, string, string];
  for (const path of [left, foreign, other]) mkdirSync(path);
  await execa("mkfifo", [join(left, "invoke_req")]);
  writeFileSync(join(foreign, "file"), "");
  // Red when a run that is alive loses the pipes it has just made.
  expect(removeDeadPipeFolders(temporary)).toBe(0);

  host.kill("SIGKILL");
  await host;
  expect(removeDeadPipeFolders(temporary)).toBe(1);
  expect([left, foreign, other].map(existsSync)).toEqual([false, true, true]);
});
