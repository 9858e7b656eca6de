/** What a node is like, as lines, so that a test can show that a check left nothing on it. */
import type { NodeHandle } from "../../providers/remote/node-handle.ts";
import { on } from "./lab-nodes.ts";
import type { TestStack } from "./stack.ts";

/** Commands whose output tells of a node; counters, times and the look's own processes are left out of it. */
const COMMANDS: readonly string[] = [
  "ip -o link show | sed -E 's/ (qlen|state) [^ ]+//g'",
  // Addresses of IPv6's link scope come by themselves, some seconds after their interface.
  "ip -o address show | grep -v fe80: | sed -E 's/ (valid|preferred)_lft [^ ]+//g'",
  "ip route show table all | grep -v fe80:; ip rule",
  "ip netns list",
  "ip neigh show | grep -v eth0 | grep -v phy0 | grep -o '^172.24.5[^ ]*' | sort",
  "nft list ruleset 2>/dev/null | sed -E 's/counter packets .*//'",
  "sysctl -a 2>/dev/null | grep '^net\\.' | grep -vE 'nf_conntrack_count|tcp_fastopen_key|tcp_mem|mtu_expires|gc_|base_reachable'",
  "find /run /tmp /etc /root -xdev ! -path '/run/host*' ! -path '/run/multinode*' ! -path '*/openvswitch/*' ! -path /run/netns -printf '%y %p\\n' 2>/dev/null",
  "ps -e -o comm= | grep -vE '^(sshd|sh|bash|ps|grep|sort|sed|find|kworker.*)$'; pgrep -c -f 'sshd -f' || true",
  "command -v ovs-vsctl >/dev/null && ovs-vsctl --timeout=5 show 2>/dev/null || true",
];

/** Prints the state of the node it runs on. */
export const snapshotCommand = `export PATH=$PATH:/usr/sbin:/sbin; ${COMMANDS.map((command) => `(${command})`).join("; ")}; true`;

/** The state of every one of these nodes. */
export async function nodeSnapshots(
  stack: Pick<TestStack, "on">,
  nodes: readonly string[],
): Promise<Record<string, string>> {
  const texts = await Promise.all(nodes.map((node) => stack.on(node, snapshotCommand)));
  return Object.fromEntries(nodes.map((node, index) => [node, texts[index] ?? ""]));
}

/** The state of every one of these hosts, which no stack need know. */
export async function hostSnapshots(hosts: readonly NodeHandle[]): Promise<Record<string, string>> {
  const texts = await Promise.all(hosts.map((host) => on(host, snapshotCommand)));
  return Object.fromEntries(hosts.map(({ name }, index) => [name, texts[index] ?? ""]));
}
