import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, it, onTestFinished } from "vitest";
import { pipeFolders } from "../../../providers/killed-runs/orphans.ts";
import { removeDeadPipeFolders } from "../../../providers/killed-runs/pipe-folders.ts";
import { listProcesses } from "../../../providers/processes.ts";
import { until } from "../../support/until.ts";

it("removes folders of pipes whose owner is dead, and no others", async () => {
  const temporary = temporaryFolder();
  const host = await languageHost(temporary, "tail", "-f", "/dev/null");

  const [left, foreign, other] = ["pulumi-node-pipes1", "pulumi-node-pipes2", "somebody-pipes3"].map((name) =>
    join(temporary, name),
  ) as [string, string, string];
  for (const path of [left, foreign, other]) mkdirSync(path);
  await execa("mkfifo", [join(left, "invoke_req")]);
  writeFileSync(join(foreign, "file"), "");
  // Red when a run that is alive loses the pipes it has just made.
  expect(removeDeadPipeFolders(temporary)).toBe(0);

  await host.end();
  expect(removeDeadPipeFolders(temporary)).toBe(1);
  expect([left, foreign, other].map(existsSync)).toEqual([false, true, true]);
});

it("removes what a killed run left beside one that works with pipes of its own", async () => {
  const temporary = temporaryFolder();
  const [used, left] = ["pulumi-node-pipes1", "pulumi-node-pipes2"].map((name) => join(temporary, name)) as [
    string,
    string,
  ];
  const program = `'${process.execPath}' -e 'setInterval(() => {}, 1e6)' -- --sync '${used}' & wait`;
  const host = await languageHost(temporary, "sh", "-c", program);
  const ofHost = () => listProcesses().filter(({ parent }) => parent === host.pid);
  await until("the program to run", 5, () => pipeFolders(ofHost()).includes(used));
  onTestFinished(() => {
    for (const { pid } of ofHost()) process.kill(pid, "SIGKILL");
  });
  for (const path of [used, left]) mkdirSync(path);
  // Red when a job that runs for an hour keeps what every other one leaves.
  expect(removeDeadPipeFolders(temporary)).toBe(1);
  expect([used, left].map(existsSync)).toEqual([true, false]);
});

function temporaryFolder(): string {
  const temporary = mkdtempSync(join(tmpdir(), "multinode-test-pipes-"));
  onTestFinished(() => rmSync(temporary, { recursive: true }));
  return temporary;
}

/** A stand-in for the language host: what counts are its name, its age, its folder for temporary files and what it started. */
async function languageHost(temporary: string, program: string, ...args: readonly string[]) {
  const host = execa(program, [...args], {
    argv0: "pulumi-language-nodejs",
    env: { TMPDIR: temporary },
    reject: false,
  });
  const end = async (): Promise<void> => {
    host.kill("SIGKILL");
    await host;
  };
  onTestFinished(end);
  const running = () => readFileSync(`/proc/${host.pid}/cmdline`, "utf8").startsWith("pulumi-language-nodejs");
  await until("the stand-in to run", 5, running);
  return { pid: host.pid, end };
}
