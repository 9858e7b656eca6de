/** Locks between processes: waited for while their holder lives, taken over when it is dead. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { waitForLocks, withLock } from "../../providers/lab/lock.ts";
import { removeLabsFolder } from "../../providers/lab/sweep.ts";
import { identify } from "../../providers/processes.ts";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lock-test-"));
  path = join(folder, "locks", "one");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a lock", () => {
  it("lets one work at a time, and is gone afterwards", async () => {
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 8 }, () => withLock(path, work)));
    expect(most).toBe(1);
    expect(readdirSync(join(folder, "locks"))).toEqual([]);
  });

  it("is released by work that fails", async () => {
    await expect(withLock(path, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(existsSync(path)).toBe(false);
  });

  it("of a dead process is taken over, and one of a living process is not", async () => {
    const holder = spawn("tail", ["-f", "/dev/null"]);
    await withLock(path, async () => undefined);
    writeFileSync(path, JSON.stringify(identify(holder.pid ?? 0)));
    let done = false;
    const waiting = withLock(path, async () => {
      done = true;
    });
    const free = waitForLocks(join(folder, "locks")).then(() => done);
    await new Promise((resolve) => setImmediate(resolve));
    expect(done).toBe(false);
    holder.kill("SIGKILL");
    await once(holder, "exit");
    await Promise.all([waiting, free]);
    expect(done).toBe(true);
  });

  it("whose holder's pid was given to another process is taken over", async () => {
    await withLock(path, async () => undefined);
    writeFileSync(path, JSON.stringify({ pid: process.pid, start: "1" }));
    expect(await withLock(path, async () => "taken")).toBe("taken");
  });
});

describe("the folder of all labs", () => {
  /** A pid that no process has: one above the highest that Linux gives (proc(5), pid_max). */
  const dead = 4_194_305;
  const write = (name: string, holder: object): void => writeFileSync(join(folder, name), JSON.stringify(holder));

  it("goes with the last lab, also where killed runs left locks and claims in it", () => {
    write("ranges.lock", { pid: dead, start: "1" });
    write("neighbours.lock", { pid: process.pid, start: "1" });
    write(`ranges.lock.${dead}.4fzyo82mvyr`, { pid: dead, start: "1" });
    write(`ranges.lock.${dead}.dead`, { pid: dead, start: "1" });
    removeLabsFolder(folder);
    expect(existsSync(folder)).toBe(false);
  });

  it("is not waited for because of a file in it that is no lock", async () => {
    write("neighbours.json", { before: {}, made: {} });
    write("ranges.lock", { pid: dead, start: "1" });
    await waitForLocks(folder);
    expect(readdirSync(folder)).toContain("neighbours.json");
  });

  it("stays while a process that lives holds a lock in it, or is about to take one", () => {
    write("ranges.lock", identify(process.pid) ?? {});
    // Just begun, and not written yet.
    writeFileSync(join(folder, `neighbours.lock.${process.pid}.4fzyo82mvyr`), "");
    removeLabsFolder(folder);
    expect(readdirSync(folder).toSorted()).toEqual([`neighbours.lock.${process.pid}.4fzyo82mvyr`, "ranges.lock"]);
  });
});
