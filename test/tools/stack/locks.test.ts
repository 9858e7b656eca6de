import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { backendFolder, decideLocks, inspectLocks, lockedError, type StackLock } from "../../../tools/stack/locks.ts";

function lockOf(changes: Partial<StackLock> = {}): StackLock {
  return { pid: 4711, username: "root", hostname: "here", timestamp: "2026-01-02T03:04:05Z", ...changes };
}

describe("decideLocks", () => {
  const dead = () => false;

  it("breaks only locks of this host whose processes are all dead", () => {
    expect(decideLocks([], "here", dead)).toEqual({ kind: "free" });
    expect(decideLocks([lockOf()], "here", dead)).toEqual({ kind: "break", dead: [lockOf()] });
    expect(decideLocks([lockOf()], "here", () => true)).toEqual({ kind: "wait", alive: [lockOf()] });
    const foreign = lockOf({ hostname: "there" });
    expect(decideLocks([lockOf(), foreign], "here", dead)).toEqual({ kind: "wait", alive: [foreign] });
  });

  it("names process and host of a living lock and the line that breaks it", () => {
    const { message } = lockedError("gate", [lockOf({ hostname: "there" })]);
    expect(message).toContain("process 4711 of root on host there, since 2026-01-02T03:04:05Z");
    expect(message).toContain("pulumi cancel --yes --stack gate");
  });
});

describe("inspectLocks", () => {
  /** A backend folder with one lock in it, laid out as Pulumi 3.259 does. */
  function backendWith(lock: StackLock): string {
    const folder = mkdtempSync(join(tmpdir(), "backend test "));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const locks = join(folder, ".pulumi", "locks", "organization", "project", "gate");
    mkdirSync(locks, { recursive: true });
    writeFileSync(join(locks, "0a1b.json"), JSON.stringify(lock));
    writeFileSync(join(locks, "0a1b.json.attrs"), "{}");
    return `file://${folder}`;
  }

  it("sees a living process, and one that got a dead one's number", () => {
    const now = new Date().toISOString();
    const living = lockOf({ pid: process.pid, hostname: hostname(), timestamp: now });
    expect(inspectLocks(backendWith(living), "project", "gate").kind).toBe("wait");
    const before = lockOf({ pid: process.pid, hostname: hostname(), timestamp: "2001-01-01T00:00:00Z" });
    expect(inspectLocks(backendWith(before), "project", "gate").kind).toBe("break");
  });

  it("leaves other backends and other stacks alone", () => {
    const backend = backendWith(lockOf());
    expect(inspectLocks("s3://bucket", "project", "gate").kind).toBe("free");
    expect(inspectLocks(backend, "project", "other").kind).toBe("free");
    expect(inspectLocks(backend, "project", "organization/project/gate").kind).toBe("wait");
  });
});

describe("backendFolder", () => {
  it.each([
    ["file:///a b/c", "/a b/c"],
    ["file:///a%20b", "/a b"],
    ["file:///a?no_tmp_dir=true", "/a"],
    ["https://api.example.org", null],
    [undefined, null],
  ])("of %s is %s", (url, folder) => expect(backendFolder(url)).toBe(folder));
});
