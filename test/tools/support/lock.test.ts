import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { execa, execaNode } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { judgeOwner, LockError, processStart, withLock } from "../../../tools/support/lock.mjs";

let folder: string;
let lock: string;
const options = { purpose: "a test", timeoutMs: 10_000, report: () => {} };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lock-test-"));
  lock = join(folder, "lock");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Records an owner in the lock file as a process that took it would have. */
function writeOwner(owner: { pid: number; host: string; start: string | null }): void {
  writeFileSync(lock, JSON.stringify(owner));
}

async function endedProcess(): Promise<{ pid: number; host: string; start: string | null }> {
  const child = execa("sleep", ["60"], { reject: false });
  const pid = child.pid ?? 0;
  const start = processStart(pid);
  child.kill("SIGKILL");
  await child;
  return { pid, host: hostname(), start };
}

describe("withLock", () => {
  it("names the owner while it works and leaves nothing behind", async () => {
    const owner = await withLock(lock, options, () => JSON.parse(readFileSync(lock, "utf8")));
    expect(owner).toMatchObject({ pid: process.pid, host: hostname() });
    expect(readdirSync(folder)).toEqual([]);
  });

  it("lets go when the work fails", async () => {
    const failing = withLock(lock, options, () => Promise.reject(new Error("no luck")));
    await expect(failing).rejects.toThrow("no luck");
    expect(readdirSync(folder)).toEqual([]);
  });

  it("lets several processes in one after the other only", async () => {
    const module = join(import.meta.dirname, "../../../tools/support/lock.mjs");
    const log = join(folder, "log");
    const script = join(folder, "worker.mjs");
    writeFileSync(
      script,
      `import { appendFileSync } from "node:fs";
       import { setTimeout as sleep } from "node:timers/promises";
       import { withLock } from ${JSON.stringify(module)};
       const options = { purpose: "a test", timeoutMs: 20000, report: () => {} };
       await withLock(${JSON.stringify(lock)}, options, async () => {
         appendFileSync(${JSON.stringify(log)}, "in\\n");
         await sleep(20);
         appendFileSync(${JSON.stringify(log)}, "out\\n");
       });`,
    );
    writeOwner(await endedProcess());
    await Promise.all(Array.from({ length: 4 }, () => execaNode(script)));
    expect(readFileSync(log, "utf8")).toBe("in\nout\n".repeat(4));
  });

  it("breaks the lock of a dead process", async () => {
    writeOwner(await endedProcess());
    await expect(withLock(lock, options, () => "worked")).resolves.toBe("worked");
  });

  it.each([
    ["a living process", { pid: process.pid, host: hostname(), start: processStart(process.pid) }],
    ["another host", { pid: 1, host: "elsewhere", start: "1" }],
  ])("waits for %s, says so once, and gives up in time", async (_, owner) => {
    writeOwner(owner);
    const lines: string[] = [];
    const waiting = withLock(lock, { ...options, timeoutMs: 250, report: (line) => lines.push(line) }, () => "worked");
    await expect(waiting).rejects.toThrow(LockError);
    expect(lines).toEqual([`waiting for process ${owner.pid} on host ${owner.host}, which is busy with a test`]);
    expect(JSON.parse(readFileSync(lock, "utf8"))).toEqual(owner);
  });
});

describe("judgeOwner", () => {
  const record = { pid: 7, host: "here", start: "100" };
  it.each([
    ["alive", "here", "100"],
    ["dead", "here", null],
    ["dead", "here", "999"],
    ["unknown", "there", "100"],
    ["unknown", "there", null],
  ] as const)("says %s on host %s when process 7 started at %s", (judgement, here, start) => {
    expect(judgeOwner(record, here, () => start)).toBe(judgement);
  });
});
