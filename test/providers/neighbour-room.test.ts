/** The kernel's table of neighbours is made larger for large labs, and what it was before comes back. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { giveNeighbourRoomBack, makeNeighbourRoom, neighboursOf } from "../../providers/lab/neighbour-room.ts";

/** The kernel's defaults. */
const usual = ["512", "1024"];

let folder: string;
let at: { readonly kernel: string; readonly labs: string };

// The files of a folder instead of the kernel's: these are this machine's, and other tests' labs have their room by them.
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "neighbours-test-"));
  at = { kernel: join(folder, "kernel"), labs: join(folder, "labs") };
  for (const path of [at.kernel, at.labs]) mkdirSync(path);
  setLimits(usual);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const limits = () => ["gc_thresh2", "gc_thresh3"].map((name) => readFileSync(join(at.kernel, name), "utf8"));

function setLimits([soft = "", hard = ""]: readonly string[]): void {
  writeFileSync(join(at.kernel, "gc_thresh2"), soft);
  writeFileSync(join(at.kernel, "gc_thresh3"), hard);
}

function makeLab(name: string, nodes: number): void {
  for (let node = 0; node < nodes; node++) mkdirSync(join(at.labs, name, "nodes", `${node}`), { recursive: true });
}

it("changes nothing for labs of the usual size", async () => {
  makeLab("one", 5);
  makeLab("two", 5);
  await makeNeighbourRoom(at);
  expect(limits()).toEqual(usual);
  await giveNeighbourRoomBack(at);
  expect(readdirSync(at.labs)).toEqual(["one", "two"]);
});

it("makes room for a large lab and a second one, and gives it back with the last", async () => {
  makeLab("one", 25);
  await makeNeighbourRoom(at);
  expect(Number(limits()[1])).toBeGreaterThanOrEqual(neighboursOf([25]));
  makeLab("two", 30);
  await makeNeighbourRoom(at);
  const both = limits();
  expect(Number(both[1])).toBeGreaterThanOrEqual(neighboursOf([25, 30]));

  rmSync(join(at.labs, "one"), { recursive: true });
  await giveNeighbourRoomBack(at);
  expect(limits()).toEqual(both);
  rmSync(join(at.labs, "two"), { recursive: true });
  await giveNeighbourRoomBack(at);
  expect(limits()).toEqual(usual);
  expect(readdirSync(at.labs)).toEqual([]);
});

it("leaves limits alone that somebody else set meanwhile", async () => {
  makeLab("one", 25);
  await makeNeighbourRoom(at);
  setLimits(["4096", "65536"]);
  rmSync(join(at.labs, "one"), { recursive: true });
  await giveNeighbourRoomBack(at);
  expect(limits()).toEqual(["4096", "65536"]);
  expect(readdirSync(at.labs)).toEqual([]);
});
