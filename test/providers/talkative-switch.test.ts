/** Tunnel ends on a node whose Open vSwitch has something to say, as one does that is older or newer than its client program. */
import { expect, it } from "vitest";
import { openvswitch } from "../../providers/drivers/openvswitch.ts";
import { run } from "../../providers/remote/run.ts";
import { labNodes, on } from "../support/lab-nodes.ts";

/** Comes before the real program on a login's PATH. */
const PROGRAM = "/usr/local/bin/ovs-vsctl";

const lab = labNodes({ subnodes: 1, openVswitch: true });

it("tunnel ends are made and read back, whatever is said beside their rows", async () => {
  const [node, peer] = lab().nodes;
  if (node === undefined || peer === undefined) throw new Error("the lab has no two nodes");
  const mark = { environment: lab().environment, resource: "test", generation: "aaaaaaaaaaaa" };
  const end = { bridge: "br-test", local: node.address, remote: peer.address, vni: 1_000_001, port: 4789, mark };
  const warning = "2026-11-29T05:00:00Z|00002|ovsdb_idl|WARN|the database lacks a column";
  await on(
    node,
    `printf '%s\\n' '#!/bin/sh' 'echo "${warning}" >&2' 'exec /usr/bin/ovs-vsctl "$@"' >${PROGRAM} && chmod 755 ${PROGRAM}
    ovs-vsctl add-br br-test -- set bridge br-test datapath_type=netdev`,
  );
  try {
    expect(await on(node, "ovs-vsctl --version 2>&1")).toContain(warning);
    // Red when a warning is taken for a row, or hides those that come after it.
    const printed = await run(node, "make", openvswitch.makeTunnelEnds([end]));
    const { bridge: _, ...wanted } = end;
    expect(openvswitch.parseTunnelEnd(printed.split("\n")[0] ?? "")).toEqual({ ...wanted, fault: "" });
  } finally {
    await on(node, `rm ${PROGRAM}; ovs-vsctl --if-exists del-br br-test`);
  }
});
