/** Clears all that killed runs of Pulumi leave on this machine, apart from their locks and what the state knows. */
import { endOrphans } from "./orphans.ts";
import { removeDeadPipeFolders } from "./pipe-folders.ts";

/**
 * Ends the plugins that killed runs of the project in `folder` left running, then removes the folders of pipes of dead
 * runs. Gives a line for each kind of thing there was, for whoever reads along.
 */
export async function clearKilledRuns(folder: string): Promise<readonly string[]> {
  const ended = await endOrphans(folder);
  const removed = removeDeadPipeFolders();
  return [
    ...(ended > 0 ? [`ended what killed runs of Pulumi had left running (processes: ${ended})`] : []),
    ...(removed > 0
      ? [`removed what killed runs of Pulumi had left among the temporary files (folders of pipes: ${removed})`]
      : []),
  ];
}
