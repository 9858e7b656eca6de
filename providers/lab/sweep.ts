/** Removes whatever carries a lab's mark, recorded or not. */
import { rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { end, processesMarked } from "../processes.ts";
import { ipJson, local } from "./commands.ts";
import { type LabIdentity, labFolder, labMark, labsFolder, namespaceOf } from "./folders.ts";
import { clearDeadLocks, waitForLocks } from "./lock.ts";
import { giveNeighbourRoomBack } from "./neighbour-room.ts";
import { removeUnderlay } from "./underlay.ts";

/** Seconds until the processes of a whole lab have to be gone. */
const endSeconds = 15;

/**
 * Ends every process of the lab and removes its namespaces, link, route and files, and what
 * was set on this machine for it when no other lab is left. Steps that an interrupted run's
 * provider still has under way are waited for first, as they would make things behind the sweep's back.
 */
export async function sweepLab(lab: LabIdentity): Promise<void> {
  await waitForLocks(labsFolder);
  await waitForLocks(join(labFolder(lab), "locks"));
  await end(processesMarked(labMark(lab)), endSeconds);
  await removeUnderlay(lab);
  const prefix = namespaceOf(lab, "");
  const namespaces = await ipJson<{ name: string }>("look for the lab's namespaces", ["netns", "list"]);
  for (const { name } of namespaces.filter((namespace) => namespace.name.startsWith(prefix))) {
    await local(`remove namespace ${name}`, "ip", ["netns", "delete", name]);
  }
  rmSync(labFolder(lab), { recursive: true, force: true });
  await giveNeighbourRoomBack();
  removeLabsFolder();
}

/** Removes the folder of all labs when none is left in it, nor a living process that is about to make one. */
export function removeLabsFolder(folder = labsFolder): void {
  clearDeadLocks(folder);
  try {
    rmdirSync(folder);
  } catch {
    // It is gone already, or another lab is in it.
  }
}
