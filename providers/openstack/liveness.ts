/** Which servers of a cloud exist no longer: the cloud is asked once for each in a run. */
import type { CloudChoice } from "./credentials.ts";

const questions = new Map<string, Promise<void>>();
const deleted = new Set<string>();

/** Asks the cloud whether a server is there. A cloud that gives no answer leaves it open: SSH will tell. @param id the server's */
export async function askForServer(cloud: CloudChoice, id: string): Promise<void> {
  const question = questions.get(id) ?? ask(cloud, id);
  questions.set(id, question);
  await question;
}

/** Whether the cloud has said that a server is deleted. */
export function isServerGone(id: string): boolean {
  return deleted.has(id);
}

async function ask(cloud: CloudChoice, id: string): Promise<void> {
  try {
    // Loaded when there is a cloud to ask: every node of any kind is asked for, and most stacks have none.
    const [{ serverOf }, { sessionWith }] = await Promise.all([import("./server.ts"), import("./session.ts")]);
    const found = await serverOf(sessionWith(cloud), id);
    if (found === undefined || found.status === "DELETED") deleted.add(id);
  } catch {
    // What is wrong with the cloud is told by the resources that are in it.
  }
}
