/**
 * Room in the kernel's table of IPv4 neighbours. All network namespaces of a machine share one table of 1024 entries by
 * default (net.ipv4.neigh.default.gc_thresh3, arp(7)); in a lab of two dozen nodes whose guests all talk to each other it is full.
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writePrivateFile } from "../private-file.ts";
import { labsFolder } from "./folders.ts";
import { withLock } from "./lock.ts";

/** Where the limits are, and where it is remembered what they were. */
export interface NeighbourLimits {
  /** Folder with the files `gc_thresh2` and `gc_thresh3`. */
  readonly kernel: string;
  /** Folder of all labs' run-time files. */
  readonly labs: string;
}

const machine: NeighbourLimits = { kernel: "/proc/sys/net/ipv4/neigh/default", labs: labsFolder };

/**
 * Entries for each pair of nodes while guests are verified, counted on 25 nodes: both ends of the pings on two networks, and the
 * answers to broadcasts, which two guests a node give.
 */
const ENTRIES_PER_PAIR = 10;

/** Numbers of entries: above `soft`, those older than 5 s go; more than `hard` there never are. */
interface Limits {
  readonly soft: number;
  readonly hard: number;
}

/** What `neighbours.json` remembers: the machine's own limits, and ours. */
interface RoomRecord {
  readonly before: Limits;
  readonly made: Limits;
}

/** Entries that labs of so many nodes each need. Pure. */
export function neighboursOf(nodesOfLabs: readonly number[]): number {
  return nodesOfLabs.reduce((sum, nodes) => sum + ENTRIES_PER_PAIR * nodes ** 2, 0);
}

/** Makes room for all labs of this machine, of which one has just got a node. Small labs change nothing. */
export async function makeNeighbourRoom(at: NeighbourLimits = machine): Promise<void> {
  if (neighboursOf(nodesOfLabs(at)) <= read(at).hard) return;
  await withLock(lockOf(at), async () => {
    const needed = neighboursOf(nodesOfLabs(at));
    const found = read(at);
    if (needed <= found.hard) return;
    // As far apart as the kernel's own defaults.
    const made = { soft: needed, hard: 2 * needed };
    const before = recorded(at)?.before ?? found;
    const room: RoomRecord = { before, made };
    writePrivateFile(recordOf(at), JSON.stringify(room));
    write(at, made);
  });
}

/** Puts the limits back to what they were, when no lab is left; what somebody else set meanwhile stays. */
export async function giveNeighbourRoomBack(at: NeighbourLimits = machine): Promise<void> {
  if (recorded(at) === undefined) return;
  await withLock(lockOf(at), async () => {
    const known = recorded(at);
    if (known === undefined || nodesOfLabs(at).length > 0) return;
    const { soft, hard } = read(at);
    if (soft === known.made.soft && hard === known.made.hard) write(at, known.before);
    rmSync(recordOf(at), { force: true });
  });
}

function nodesOfLabs({ labs }: NeighbourLimits): readonly number[] {
  return folders(labs).map((lab) => folders(join(labs, lab, "nodes")).length);
}

function folders(path: string): readonly string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
}

function read({ kernel }: NeighbourLimits): Limits {
  const number = (name: string): number => Number(readFileSync(join(kernel, name), "utf8"));
  return { soft: number("gc_thresh2"), hard: number("gc_thresh3") };
}

function write({ kernel }: NeighbourLimits, { soft, hard }: Limits): void {
  writeFileSync(join(kernel, "gc_thresh3"), String(hard));
  writeFileSync(join(kernel, "gc_thresh2"), String(soft));
}

function recorded(at: NeighbourLimits): RoomRecord | undefined {
  const path = recordOf(at);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

function recordOf({ labs }: NeighbourLimits): string {
  return join(labs, "neighbours.json");
}

function lockOf({ labs }: NeighbourLimits): string {
  return join(labs, "neighbours.lock");
}
