/** Nodes that come and go change nothing for the others. */
import { beforeAll, describe, expect, it } from "vitest";
import { changeLines } from "../support/changes.ts";
import { startPings } from "../support/pings.ts";
import { type TestStack, testStack } from "../support/stack.ts";

/** Everything that belongs to one subnode, by logical name. */
const partsOf = (node: string): readonly string[] => [
  `host-${node}`,
  `local-conf-${node}`,
  `public-bridge-${node}`,
  `public-tunnel-primary-${node}`,
  node,
];

/** What a preview has to say when these subnodes come or go, and no more. */
function expectedChanges(op: "create" | "delete", nodes: readonly string[], staying: readonly string[]): string[] {
  const parts = nodes.flatMap(partsOf).map((part) => `${op} ${part}`);
  // The generated files and every host's list of hosts name the nodes, and the whole is proven again.
  const lists = ["files", "verification", ...staying.map((node) => `host-${node}`)];
  return [...parts, ...lists.map((list) => `update ${list}`)].sort();
}

/** No probe guests: a switch in userspace may drop a packet while ports are plugged into its bridge, whoever does it. */
const verify = "nodes";

describe("an environment that grows and shrinks", () => {
  const stack = testStack({ verify });

  beforeAll(async () => {
    await stack().up();
  });

  it.each([
    { what: "from 3 to 5 nodes", subnodes: 4, op: "create" as const, nodes: ["subnode-3", "subnode-4"] },
    { what: "from 5 to 3 nodes", subnodes: 2, op: "delete" as const, nodes: ["subnode-3", "subnode-4"] },
    { what: "a middle node leaves", subnodes: [2], op: "delete" as const, nodes: ["subnode-1"] },
    { what: "a middle node comes back", subnodes: 2, op: "create" as const, nodes: ["subnode-1"] },
  ])("$what", async ({ subnodes, op, nodes }) => {
    const environment = stack();
    const before = await standing(environment);
    // Red when a node's place in a list, and not its number, decides its address or VNI.
    const stream = await startPings(environment, "subnode-2", "172.24.4.1");

    environment.configure({ verify, nodes: { lab: { subnodes } } });
    const staying = ["primary", "subnode-1", "subnode-2"].filter((node) => !nodes.includes(node));
    expect(changeLines(await environment.preview()).toSorted()).toEqual(expectedChanges(op, nodes, staying));
    await environment.up();

    expect(await stream.lost()).toBe(0);
    expect(await standing(environment)).toEqual(before);
    expect(await environment.preview("--refresh")).toEqual([]);
    const ends = JSON.parse(
      await environment.on("primary", "ovs-vsctl --format=json --columns=name find interface type=vxlan"),
    );
    const { stdout } = await environment.succeed(["stack", "output", "nodes", "--json"]);
    expect(ends.data).toHaveLength(JSON.parse(stdout).length - 1);
  });
});

/** What has to stay the same on the nodes that stay: the tunnel of subnode-2, its process, its file. A new link-local address is `tentative` for a second. */
async function standing(environment: TestStack): Promise<string> {
  const tunnel = "ovs-vsctl --columns=_uuid,name,options,ofport find interface type=vxlan";
  return await environment.on(
    "subnode-2",
    `${tunnel}; ip address show dev br-ex | sed "s, tentative,,"; cat /opt/stack/devstack/local.conf; cut -d ' ' -f 22 /proc/1/stat`,
  );
}
