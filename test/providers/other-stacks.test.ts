/** A host that carries another stack's mark, on real nodes that are reached as hosts of a user's are. */
import { afterEach, describe, expect, it } from "vitest";
import { ForeignObject } from "../../providers/mark.ts";
import { type LabNodes, labNodes, on } from "../support/lab-nodes.ts";
import { nodeAt, type Prepared, prepareAll, revertAll } from "./prepared-hosts.ts";

const lab = labNodes({ subnodes: 0, openVswitch: true });

/** The nodes as hosts that the stack did not boot: nothing says that they are of a lab. */
function hosts(environment = lab().environment): LabNodes {
  const nodes = lab().nodes.map(({ lab: _folder, ...host }) => host);
  return { ...lab(), environment, nodes };
}

/** What is on the host, as far as a preparation touches it. */
async function look(): Promise<string> {
  const look = `cat /etc/hosts /root/.ssh/* 2>/dev/null; ls -AR /root /var/lib/devstack-multinode 2>&1; getent passwd; nft list ruleset
ovs-vsctl show; ip -o link show`;
  return await on(nodeAt(lab().nodes, 0), `${look}; true`);
}

/** The refusal of another stack's preparation. */
async function refusal(): Promise<string> {
  const before = await look();
  const refused = await prepareAll(hosts("intruder-0a0b0c")).catch((error: unknown) => error);
  // Nothing is recorded of it: a destroy of the refused stack has nothing to take from the host.
  expect(refused).toBeInstanceOf(ForeignObject);
  expect(await look()).toBe(before);
  return String(refused);
}

describe("a host of another stack", () => {
  let prepared: Prepared[] = [];
  afterEach(async () => {
    await revertAll(prepared);
    prepared = [];
  });

  it("is refused by name of host and stack before anything is changed, until that stack is gone", async () => {
    prepared = await prepareAll(hosts());
    const { stack } = lab().lab;
    const said = await refusal();
    expect(said).toContain(`primary: look for other stacks: the host ${nodeAt(lab().nodes, 0).host}`);
    expect(said).toContain(`stack "${stack}" (${lab().environment}): /var/lib/devstack-multinode/${lab().environment}`);
    expect(said).toContain(`npm run destroy -- ${stack}`);

    await revertAll(prepared);
    prepared = await prepareAll(hosts("intruder-0a0b0c"));
  });

  it("is its own stack's to prepare again", async () => {
    prepared = await prepareAll(hosts());
    prepared = await prepareAll(hosts());
  });

  it.each([
    {
      what: "a bridge of Open vSwitch",
      mark: "ovs-vsctl add-br br-other -- set bridge br-other datapath_type=netdev external_ids:devstack-multinode=older-111111",
      clear: "ovs-vsctl del-br br-other",
      thing: "bridge br-other",
    },
    {
      what: "a port of Open vSwitch",
      mark: "ovs-vsctl add-br br-any -- set bridge br-any datapath_type=netdev -- add-port br-any p0 -- set interface p0 type=internal external_ids:devstack-multinode=older-111111",
      clear: "ovs-vsctl del-br br-any",
      thing: "port p0",
    },
    {
      what: "a bridge of the kernel",
      mark: "ip link add br-other type bridge && ip link set br-other alias 'devstack-multinode older-111111 public-bridge-primary abc'",
      clear: "ip link delete br-other",
      thing: "interface br-other",
    },
    {
      what: "a user",
      mark: "useradd --comment 'devstack-multinode older-111111 host-primary abc' older",
      clear: "userdel older",
      thing: "user older",
    },
  ])("is told by $what alone", async ({ mark, clear, thing }) => {
    const node = nodeAt(lab().nodes, 0);
    await on(node, mark);
    try {
      expect(await refusal()).toContain(`stack "older" (older-111111): ${thing}`);
    } finally {
      await on(node, clear);
    }
  });

  it("is not one that carries things of nobody's", async () => {
    const node = nodeAt(lab().nodes, 0);
    await on(node, "ovs-vsctl add-br br-int -- set bridge br-int datapath_type=netdev external_ids:bridge-id=br-int");
    prepared = await prepareAll(hosts());
    await on(node, "ovs-vsctl del-br br-int");
  });
});
