/** Tells where packets were last seen on tunnels that are there for the time of a check only. */
import { type Counted, lastSeen, lastSeenWithin, lossOn } from "../../../model/diagnosis/trace.ts";
import type { DriverName } from "../../../model/drivers.ts";
import type { GuestNetwork } from "../../../model/guests/plan.ts";
import { nodeName, PRIMARY_NUMBER } from "../../../model/nodes.ts";
import { type CheckResult, nodeOf } from "../../../model/verification.ts";
import type { NodeHandle } from "../../remote/node-handle.ts";
import { run } from "../../remote/run.ts";
import { trafficOf } from "../found.ts";
import { counters, sections } from "../look.ts";

/** Seconds in which a node has to tell what it counted. */
const countSeconds = 12;

/**
 * Adds to failed checks over temporary tunnels where their packets were last seen. To be called while the guests are there; it
 * asks the nodes only where such a check failed.
 */
export async function traceTemporary(
  network: GuestNetwork,
  driver: DriverName,
  nodes: readonly NodeHandle[],
  results: readonly CheckResult[],
): Promise<readonly CheckResult[]> {
  const { networkBridge: bridge, temporaryTunnels: tunnels } = network;
  if (bridge === undefined || tunnels === undefined) return results;
  const isLost = ({ held, over }: CheckResult): boolean => !held && over === bridge;
  if (!results.some(isLost)) return results;
  const counted = await Promise.all(nodes.map((node) => count(node, peersOf(node, nodes, tunnels), bridge, driver)));
  const primary = nodeName(PRIMARY_NUMBER);
  const place = ({ from: start, to: end }: CheckResult): string => {
    const [from, to] = [nodeOf(start), nodeOf(end)];
    if (from !== to) return lastSeen({ bridge, tunnels }, from, to, counted);
    // A floating address is translated on the primary: it is there and back.
    const around =
      from === primary
        ? []
        : [
            { from, to: primary },
            { from: primary, to },
          ];
    return lossOn(bridge, around, counted) ?? lastSeenWithin(bridge, from, counted);
  };
  return results.map((result) =>
    isLost(result) ? { ...result, detail: `${result.detail}; last seen at ${place(result)}` } : result,
  );
}

function peersOf(
  { name }: NodeHandle,
  nodes: readonly NodeHandle[],
  tunnels: NonNullable<GuestNetwork["temporaryTunnels"]>,
): readonly NodeHandle[] {
  const joined = tunnels.flatMap(({ between }) => (between.includes(name) ? between : []));
  return nodes.filter((other) => other.name !== name && joined.includes(other.name));
}

/** What a node counted since its tunnels were made. One that does not answer has counted nothing. */
async function count(
  node: NodeHandle,
  peers: readonly NodeHandle[],
  bridge: string,
  driver: DriverName,
): Promise<Counted> {
  const script = counters({ overlays: [{ bridge, driver }] }, peers);
  const counts = sections(await run(node, "count packets", script, { seconds: countSeconds }).catch(() => ""));
  const traffic = peers.flatMap(({ name }) => {
    const section = `count ${bridge} ${name}`;
    const found = trafficOf(new Map([[section, "0 0"]]), counts, section);
    return found === undefined ? [] : [[name, found] as const];
  });
  // The bridge was made a moment ago, or there would be no check over it.
  const made = { mtu: 0, up: true, addresses: [], mac: "" };
  return { name: node.name, bridges: { [bridge]: made }, traffic: { [bridge]: Object.fromEntries(traffic) } };
}
