/** What is recorded of a running lab node, and whether it still runs: known without SSH. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isAlive, type ProcessIdentity } from "../processes.ts";
import { labIn, nodeFolder } from "./folders.ts";
import { hasRouter, missingOfWayTo, wayAdvice } from "./way.ts";

/** Record of a running node, written once its first process exists. */
export interface NodeRecord {
  /** New with every boot. */
  incarnation: string;
  /** The process whose end is the node's end. */
  init: ProcessIdentity;
  /** What it was booted with, to tell whether a running node is the one wanted. */
  spec: string;
}

/** Path of a node's record. */
export function recordPath(lab: string, node: string): string {
  return join(nodeFolder(lab, node), "node.json");
}

/** The record of a node that runs now; undefined when there is none. */
export function runningNode(lab: string, node: string): NodeRecord | undefined {
  let record: NodeRecord;
  try {
    record = JSON.parse(readFileSync(recordPath(lab, node), "utf8"));
  } catch {
    return undefined;
  }
  return isAlive(record.init) ? record : undefined;
}

/**
 * Whether this incarnation of a node is over. One whose router is gone is as good as that: the links of all nodes end in it and
 * went with it, so that nobody reaches the node any more.
 */
export function isLabNodeGone(lab: string, node: string, incarnation: string): boolean {
  return runningNode(lab, node)?.incarnation !== incarnation || !hasRouter(labIn(lab));
}

/** What to do about a node that cannot be reached, as the last line of an error; empty where this incarnation of it is over. */
export function adviceFor(lab: string, node: string, incarnation: string): string {
  const running = runningNode(lab, node);
  if (running?.incarnation !== incarnation) return "";
  if (missingOfWayTo(lab).length > 0) return wayAdvice(labIn(lab));
  return `
    write     kill -9 ${running.init.pid}   (ends the node with all that is on it), then npm start -- ${labIn(lab).stack}`;
}
