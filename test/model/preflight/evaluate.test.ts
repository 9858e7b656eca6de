/** What a pre-flight makes of what it found on a host. */
import { describe, expect, it } from "vitest";
import { problemsBetween } from "../../../model/preflight/checks/between.ts";
import { problemsOf } from "../../../model/preflight/evaluate.ts";
import type { Expectations } from "../../../model/preflight/expectations.ts";
import type { HostFacts } from "../../../model/preflight/facts.ts";
import { context, healthy, OURS, underlay } from "./facts.ts";

const vxlan = { name: "vxlan_sys_4789", mac: "fa:16:3e:00:00:02", addresses: [] };

interface Case {
  readonly what: string;
  readonly facts?: Partial<HostFacts>;
  readonly demands?: Partial<Expectations>;
  readonly lacking?: readonly (keyof HostFacts | keyof Expectations)[];
}

describe("a host", () => {
  it.each<Case>([
    { what: "as it should be" },
    { what: "of the Red Hat family", facts: { systems: ["rocky", "rhel", "centos", "fedora"] } },
    { what: "whose Open vSwitch does not run yet", facts: { openVswitch: { version: "2.17.9", bridges: {} } } },
    { what: "with a bridge of ours", facts: { openVswitch: { version: "3.3.0", bridges: { "br-ex": OURS } } } },
    {
      what: "with an address of the range on our bridge",
      facts: {
        links: [underlay, { ...vxlan, name: "br-ex", addresses: ["172.24.4.2/23"], owner: OURS }],
        routes: [{ destination: "172.24.4.0/23", device: "br-ex" }],
      },
    },
    {
      what: "with a route that is wider than the range",
      facts: { routes: [{ destination: "172.16.0.0/12", device: "tun0" }] },
    },
    { what: "where Open vSwitch holds the port", facts: { sockets: [{ port: 4789, process: "ovs-vswitchd" }] } },
    {
      what: "where Open vSwitch's interface shares the port",
      facts: { links: [underlay, { ...vxlan, vxlan: { port: 4789, external: true } }] },
    },
    {
      what: "with a VXLAN interface at another port",
      facts: { links: [underlay, { ...vxlan, vxlan: { port: 8472, external: false } }] },
    },
    {
      what: "without IPv6, for kernel bridges",
      facts: { hasIpv6: false },
      demands: { driver: "linux", needsOpenVswitch: false },
    },
    { what: "with its clock half a minute off", facts: { clockAhead: -30 } },
    {
      what: "with the range in use, where the overlays have no addresses",
      facts: { routes: [{ destination: "172.24.4.0/24", device: "x" }] },
      lacking: ["publicRange"],
    },
    {
      what: "that is to run devstack without git, which the run installs",
      facts: { programs: new Set([...healthy.programs, "python3"]) },
      demands: { runsDevstack: true },
    },
    {
      what: "that devstack has filled",
      facts: {
        programs: new Set([...healthy.programs, "git", "python3"]),
        free: { ...healthy.free, "/opt/stack": 200 * 2 ** 20 },
        hasRunDevstack: true,
      },
      demands: { runsDevstack: true },
    },
  ])("$what passes", ({ facts, demands, lacking }) => {
    expect(problemsOf(context(facts, demands, lacking))).toEqual([]);
  });

  it.each<Case & { readonly finds: readonly string[] }>([
    {
      what: "of an unknown system",
      facts: { systems: ["alpine"], systemName: "Alpine Linux v3.20" },
      finds: ["operating system: Alpine Linux v3.20"],
    },
    {
      what: "without a firewall program",
      facts: { programs: new Set(["ip", "getent", "useradd", "dnf"]) },
      finds: ["program nft: none"],
    },
    {
      what: "that is to run devstack without git and what installs it",
      facts: { programs: new Set(["ip", "nft", "getent", "useradd", "bash", "python3", "yum"]) },
      demands: { runsDevstack: true },
      finds: ["program git: none"],
    },
    {
      what: "whose ip prints no JSON",
      lacking: ["links"],
      finds: ["iproute2: an older one"],
    },
    {
      what: "whose Open vSwitch is too old",
      facts: { openVswitch: { version: "2.5.9", bridges: {} } },
      finds: ["Open vSwitch: 2.5.9"],
    },
    {
      what: "whose Open vSwitch has no datapath",
      facts: { openVswitch: { version: "3.3.0", datapaths: [], bridges: {} } },
      finds: ["datapath of Open vSwitch: neither"],
    },
    {
      what: "whose Open vSwitch has userspace's datapath apart from the underlay",
      facts: { openVswitch: { version: "3.3.0", datapaths: ["netdev"], bridges: {} } },
      finds: ["datapath of Open vSwitch: userspace's alone, and the address on ens3"],
    },
    { what: "without IPv6, for Open vSwitch in the kernel", facts: { hasIpv6: false }, finds: ["IPv6: switched off"] },
    {
      what: "with a foreign bridge of Open vSwitch",
      facts: { openVswitch: { version: "3.3.0", bridges: { "br-ex": undefined } } },
      finds: ["bridge br-ex: a bridge of Open vSwitch that devstack-multinode did not make"],
    },
    {
      what: "with a foreign interface of the bridge's name",
      facts: { links: [underlay, { ...vxlan, name: "br-ex" }] },
      finds: ["bridge br-ex: an interface that devstack-multinode did not make"],
    },
    {
      what: "of another stack",
      facts: { otherStacks: 'stack "job" (job-aaaaaa): bridge br-ex', otherStackNames: ["job"] },
      finds: ['other stacks: stack "job" (job-aaaaaa): bridge br-ex'],
    },
    {
      what: "that is reached at a translated address",
      facts: { links: [{ ...underlay, addresses: ["192.168.7.5/24"] }] },
      finds: ["underlay address: 192.168.7.5"],
    },
    {
      what: "with an address of the range elsewhere, its route told of too",
      facts: {
        links: [underlay, { ...vxlan, name: "eth9", addresses: ["172.24.5.9/16"] }],
        routes: [{ destination: "172.24.5.0/24", device: "eth9" }],
      },
      finds: ["overlay addresses: 172.24.5.9/16 on eth9, a route to 172.24.5.0/24 through eth9"],
    },
    {
      what: "where a program holds the port",
      facts: { sockets: [{ port: 4789, process: "dnsmasq" }] },
      finds: ["UDP port 4789 of VXLAN: held by dnsmasq"],
    },
    {
      what: "where kernel bridges cannot share Open vSwitch's port",
      facts: { links: [underlay, { ...vxlan, vxlan: { port: 4789, external: true } }] },
      demands: { driver: "linux", needsOpenVswitch: false },
      finds: ["UDP port 4789 of VXLAN: held by the VXLAN interface vxlan_sys_4789, which does not share it"],
    },
    { what: "with another time", facts: { clockAhead: 3600 }, finds: ["clock: 3600 s ahead"] },
    {
      what: "whose disk is full",
      facts: { free: { ...healthy.free, "/var/lib": 0 } },
      finds: ["disk space at /var/lib: 0 MiB"],
    },
    {
      what: "too small for devstack",
      facts: {
        programs: new Set([...healthy.programs, "git", "python3"]),
        free: { ...healthy.free, "/opt/stack": 2 ** 30 },
      },
      demands: { runsDevstack: true },
      finds: ["disk space at /opt/stack: 1024 MiB"],
    },
    {
      what: "without Open vSwitch and what installs it",
      facts: { programs: new Set(["ip", "nft", "getent", "useradd"]) },
      lacking: ["openVswitch"],
      finds: ["Open vSwitch: neither"],
    },
  ])("$what is refused", ({ facts, demands, lacking, finds }) => {
    const problems = problemsOf(context(facts, demands, lacking));
    expect(problems.map(({ subject, given }) => `${subject}: ${given}`)).toEqual(finds);
    for (const { expected, remedy } of problems) expect([expected, remedy]).not.toContain("");
  });
});

describe("a host that is known by an RSA key, or whose jump host is", () => {
  const known = { ...context(), hostKeys: ["ssh-ed25519 AAAA", "ssh-rsa BBBB"] };
  const devstack = { ...known.expectations, runsDevstack: true };

  it("passes but for runs of devstack", () => {
    const facts = { ...healthy, programs: new Set([...healthy.programs, "git", "python3"]) };
    expect(problemsOf({ ...known, facts })).toEqual([]);
    const problems = problemsOf({ ...known, facts, expectations: devstack });
    expect(problems.map(({ subject, given }) => `${subject}: ${given}`)).toEqual(["host key: ssh-rsa"]);
  });
});

describe("two hosts", () => {
  it("with the same key and id but other interfaces are two machines, whose name may still be one", () => {
    const other = { ...healthy, links: [{ ...underlay, mac: "fa:16:3e:00:00:09" }] };
    const hosts = [
      { name: "primary", hostKey: "k", facts: healthy },
      { name: "subnode-1", hostKey: "k", facts: other },
      { name: "subnode-2", hostKey: "k", facts: { ...healthy, hostname: "host-2" } },
    ];
    const found = [...problemsBetween(hosts)].map(([name, problems]) => [name, problems.map(({ given }) => given)]);
    expect(found).toEqual([
      ["primary", []],
      ["subnode-1", ["host-1, as on primary"]],
      ["subnode-2", ["the same machine as primary"]],
    ]);
  });
});
