/** Our part of the shared files, as the programs that read them understand it. */
import { describe, expect, it } from "vitest";
import { hostsLines, knownHostsLines, sshConfigLines, sudoersText } from "../../../model/host/files.ts";
import { blockMarks, shortMark } from "../../../model/host/marks.ts";
import { type Peer, parsePeer, peerLine } from "../../../model/host/peers.ts";

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEtfE";
const primary: Peer = { name: "primary", hostname: "gate-primary", address: "10.20.0.10", port: 22, publicKey: key };
const subnode: Peer = {
  name: "subnode-1",
  hostname: "gate-subnode-1",
  address: "fd00::12",
  port: 2222,
  publicKey: key,
};

describe("the lines of each file", () => {
  it("name every node in /etc/hosts, host name first", () => {
    expect(hostsLines([primary, subnode])).toEqual([
      "10.20.0.10 gate-primary primary",
      "fd00::12 gate-subnode-1 subnode-1",
    ]);
  });

  it("name a node once whose host name is its name", () => {
    expect(hostsLines([{ ...primary, hostname: "primary" }])).toEqual(["10.20.0.10 primary"]);
  });

  it("give a host key by every name and address, and by the port where it is not SSH's own", () => {
    expect(knownHostsLines([primary, subnode])).toEqual([
      `primary,gate-primary,10.20.0.10 ${key}`,
      `subnode-1,gate-subnode-1,fd00::12,[subnode-1]:2222,[gate-subnode-1]:2222,[fd00::12]:2222 ${key}`,
    ]);
  });

  it("lead the SSH client to each node with the job's key, and to its port", () => {
    const lines = sshConfigLines([primary, subnode]);
    expect(lines.filter((line) => line.startsWith("Host "))).toEqual([
      "Host primary gate-primary 10.20.0.10",
      "Host subnode-1 gate-subnode-1 fd00::12",
    ]);
    expect(lines.filter((line) => line.includes("Port"))).toEqual(["  Port 2222"]);
    expect(lines.filter((line) => line === "  IdentityFile ~/.ssh/id_devstack_multinode")).toHaveLength(2);
  });

  it("let what follows in the SSH client's configuration hold for all hosts, as before", () => {
    expect(sshConfigLines([primary]).at(-1)).toBe("Match all");
  });

  it("give the stack's user all rights without a password", () => {
    expect(sudoersText("devstack-multinode-bf554f", "stack")).toBe(
      "# devstack-multinode-bf554f\nstack ALL=(ALL) NOPASSWD: ALL\n",
    );
  });
});

describe("marks", () => {
  it("tell the blocks of two environments apart", () => {
    expect(blockMarks("gate-bf554f")).toEqual({
      begin: "# devstack-multinode gate-bf554f begin",
      end: "# devstack-multinode gate-bf554f end",
    });
    expect(blockMarks("gate-bf554f").begin).not.toBe(blockMarks("gate-000000").begin);
  });

  it("stay short and without dots, whatever the stack's name", () => {
    expect(shortMark(`my.very.long-stack-name-${"x".repeat(80)}-bf554f`)).toBe("devstack-multinode-bf554f");
  });
});

it("a peer's line says all of it", () => {
  for (const peer of [primary, subnode]) expect(parsePeer(peerLine(peer))).toEqual(peer);
});
