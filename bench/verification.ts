/** Makes the proof that `up` ends with, in this process, so that nothing but the proof is in its time. */
import { join } from "node:path";
import { closeConnections } from "../providers/remote/pool.ts";
import { verify } from "../providers/verification/verify.ts";
import { type Site, underlayFacts } from "./site.ts";

/**
 * Verifies overlays that are there, with guests on every node. No connection is open before, as when `npm run verify` is asked.
 *
 * @param folder the benchmark's own, for the report
 * @throws Error when a check fails or was made without guests: something else would have been measured
 */
export async function verifySite({ plan, handles, guests }: Site, folder: string): Promise<void> {
  closeConnections();
  const report = join(folder, "verification.json");
  const { family } = underlayFacts;
  const inputs = { plan, nodes: Object.values(handles), family, report, guests, revisions: [] };
  const { failed, note } = await verify(inputs);
  const wrong = [...failed.map(({ from, to, kind, detail }) => `${kind} ${from} -> ${to}: ${detail}`), note];
  if (wrong.some((line) => line !== "")) throw new Error(`the overlays cannot be verified:\n${wrong.join("\n")}`);
}
