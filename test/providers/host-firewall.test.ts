/** What a prepared host's firewall does to packets, with each kind of firewall a node may use. */
import { execa } from "execa";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { hostPreparation } from "../../providers/implementations/host-preparation.ts";
import { namespaceOf, routerNode } from "../../providers/lab/folders.ts";
import { type LabNodes, labNodes, on } from "../support/lab-nodes.ts";
import {
  makeOverlay,
  nodeAt,
  type Prepared,
  pingOverlay,
  prepareAll,
  revertAll,
  strangerArrives,
} from "./prepared-hosts.ts";

/** A firewall as an administrator may have made it: nothing comes in but SSH and answers. */
const firewalls: Record<string, { readonly make: string; readonly remove: string; readonly list: string }> = {
  "nothing else": { make: "true", remove: "true", list: "nft list ruleset" },
  "a table of nftables that drops": {
    make: `nft 'table inet admin { chain input { type filter hook input priority 0; policy drop;
      ct state established,related accept; tcp dport 22 accept; meta l4proto ipv6-icmp accept; 
}
}'`,
    remove: "nft delete table inet admin 2>/dev/null",
    list: "nft list ruleset",
  },
  "a table of nftables that rejects in the end": {
    make: `nft 'table inet admin { chain input { type filter hook input priority 10;
      ct state established,related accept; tcp dport 22 accept; meta l4proto ipv6-icmp accept; reject; 
}
}'`,
    remove: "nft delete table inet admin 2>/dev/null",
    list: "nft list ruleset",
  },
  iptables: iptables("iptables"),
  "iptables of the older kind": iptables("iptables-legacy"),
};

function iptables(program: string): (typeof firewalls)[string] {
  const each = (script: string): string =>
    [program, program.replace("ip", "ip6")].map((one) => script.replaceAll("IPT", one)).join("\n");
  return {
    make: each(`IPT -A INPUT -m state --state ESTABLISHED,RELATED -j ACCEPT; IPT -A INPUT -p tcp --dport 22 -j ACCEPT
IPT -A INPUT -p ipv6-icmp -j ACCEPT; IPT -P INPUT DROP`),
    remove: each("IPT -P INPUT ACCEPT; IPT -F INPUT"),
    list: each(`IPT -S`),
  };
}

/** Takes every one of them away again. */
const removal = [...Object.values(firewalls).map(({ remove }) => remove), "true"].join("\n");

/** TCP port of a service of the job on the primary: MySQL's, as the subnodes' stack.sh needs it. */
const SERVICE_PORT = 3306;

/** Starts what listens there: the node's own SSH server once more. It ends with the node. */
async function startService({ nodes }: LabNodes): Promise<void> {
  await on(nodeAt(nodes, 0), `/usr/sbin/sshd -f /run/multinode/sshd_config -o PidFile=none -p ${SERVICE_PORT}`);
}

/** Whether the primary's service answers the first subnode, or the underlay's router, which is no node of the job. */
async function serviceAnswers({ nodes, lab }: LabNodes, asker: "node" | "stranger"): Promise<boolean> {
  const place = `/dev/tcp/${nodeAt(nodes, 0).address}/${SERVICE_PORT}`;
  const script = `timeout 2 bash -c 'exec 3<>${place} && read -r line <&3 && echo "$line"' 2>&1 || true`;
  const { stdout } =
    asker === "node"
      ? { stdout: await on(nodeAt(nodes, 1), script) }
      : await execa("ip", ["netns", "exec", namespaceOf(lab, routerNode), "bash", "-c", script]);
  return stdout.startsWith("SSH-");
}

describe.each([["IPv4"], ["IPv6"]])("on an %s underlay, beside", (family) => {
  const lab = labNodes({
    subnodes: 1,
    openVswitch: false,
    ...(family === "IPv6" ? { underlay: `fd00:${process.pid.toString(16)}::/64` } : {}),
  });
  let prepared: Prepared[] = [];
  beforeAll(async () => {
    await makeOverlay(lab());
    await startService(lab());
  });
  afterEach(async () => {
    await revertAll(prepared);
    await Promise.all(lab().nodes.map((node) => on(node, removal)));
  });

  it("nothing at all, a stranger's packet reaches the bridge: these tests can fail", async () => {
    expect(await strangerArrives(lab())).toBe(true);
  });

  it.each(Object.entries(firewalls))(
    "%s: the job's nodes reach each other, on the underlay and by tunnels; a stranger gets no further than before",
    async (name, { make, list }) => {
      const primary = nodeAt(lab().nodes, 0);
      await Promise.all(lab().nodes.map((node) => on(node, make)));
      const before = await on(primary, list);
      const isOpen = name === "nothing else";
      expect(await serviceAnswers(lab(), "node")).toBe(isOpen);
      prepared = await prepareAll(lab());
      expect(await pingOverlay(lab())).toContain(" 0% packet loss");
      expect(await strangerArrives(lab())).toBe(false);
      expect(await serviceAnswers(lab(), "node")).toBe(true);
      expect(await serviceAnswers(lab(), "stranger")).toBe(isOpen);
      await revertAll(prepared);
      expect(await on(primary, list)).toBe(before);
    },
  );

  it("rules that others begin to make with iptables: ours move there at the next update", async () => {
    const primary = nodeAt(lab().nodes, 0);
    prepared = await prepareAll(lab());
    const own = `nft list tables | grep -c devstack-multinode || true; iptables -S | grep -c ' -j multinode' || true`;
    expect(await on(primary, own)).toBe("1\n0\n");
    await on(primary, iptables("iptables").make);
    await Promise.all(prepared.map(({ id, outs }) => hostPreparation.update(id, outs, outs)));
    expect(await on(primary, own)).toBe("0\n2\n");
    expect(await pingOverlay(lab())).toContain(" 0% packet loss");
    expect(await strangerArrives(lab())).toBe(false);
  });
});
