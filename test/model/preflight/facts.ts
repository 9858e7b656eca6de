/** A host that nothing is wrong with, for tests that change one thing about it. */
import type { CheckContext } from "../../../model/preflight/checks/check.ts";
import type { Expectations } from "../../../model/preflight/expectations.ts";
import type { FactLink, HostFacts } from "../../../model/preflight/facts.ts";

/** `<stack>-<id>` of the stack that looks. */
export const OURS = "gate-1a2b3c";

const GIB = 2 ** 30;

/** The interface with the underlay address. */
export const underlay: FactLink = { name: "ens3", mac: "fa:16:3e:00:00:01", addresses: ["10.0.0.5/24"] };

export const expectations: Expectations = {
  driver: "openvswitch",
  needsOpenVswitch: true,
  bridges: ["br-ex"],
  joined: [],
  port: 4789,
  publicRange: "172.24.4.0/23",
  runsDevstack: false,
  home: "/opt/stack",
};

export const healthy: HostFacts = {
  systems: ["ubuntu", "debian"],
  systemName: "Ubuntu 24.04 LTS",
  hostname: "host-1",
  clockAhead: 0,
  programs: new Set(["ip", "nft", "iptables", "getent", "useradd", "apt-get", "bash"]),
  openVswitch: { version: "3.3.0", datapaths: ["netdev", "system"], bridges: {} },
  links: [underlay],
  routes: [{ destination: "10.0.0.0/24", device: "ens3" }],
  sockets: [{ port: 68, process: "systemd-network" }],
  free: { "/etc": 20 * GIB, "/var/lib": 20 * GIB, "/tmp": 20 * GIB, "/opt/stack": 20 * GIB },
  hasIpv6: true,
  hasTun: true,
  hasRunDevstack: false,
  otherStacks: "",
  otherStackNames: [],
};

/**
 * What a check is given.
 *
 * @param lacking facts that the host did not tell, and demands that are not made
 */
export function context(
  facts: Partial<HostFacts> = {},
  demands: Partial<Expectations> = {},
  lacking: readonly (keyof HostFacts | keyof Expectations)[] = [],
): CheckContext {
  const all = { ...healthy, ...facts };
  const needed = { ...expectations, ...demands };
  for (const key of lacking) for (const one of [all, needed]) delete (one as Record<string, unknown>)[key];
  const host = { name: "subnode-1", address: "10.0.0.5", hostKeys: ["ssh-ed25519 AAAA"] };
  return { ...host, facts: all, expectations: needed, environment: OURS };
}
