/** Whether Open vSwitch, where it runs, can carry tunnels here. One that does not run is started by the host's preparation. */
import type { Check, CheckContext } from "./check.ts";

const subject = "datapath of Open vSwitch";

/** Asks nothing of hosts that need no Open vSwitch. */
export const datapath: Check = (context) => {
  const { facts, expectations } = context;
  const { datapaths } = facts.openVswitch ?? {};
  if (!expectations.needsOpenVswitch) return [];
  if (datapaths === undefined || datapaths.includes("system")) return facts.hasIpv6 ? [] : [withoutIpv6];
  return datapaths.includes("netdev") ? inUserspace(context) : [none];
};

const none = {
  subject,
  expected: "the kernel's (system) or userspace's (netdev)",
  given: "neither",
  remedy: "restart Open vSwitch on the host, or configure overlay.driver: linux",
} as const;

/** Open vSwitch's tunnels listen on IPv6 as well, and fail where it is switched off (ovs-issues 146). */
const withoutIpv6 = {
  subject: "IPv6",
  expected: "on, as the VXLAN port of Open vSwitch in the kernel listens on IPv6 too, whatever the underlay is",
  given: "switched off",
  remedy: "on the host: sysctl -w net.ipv6.conf.all.disable_ipv6=0",
} as const;

/** The userspace datapath sends tunnels out of its own bridges only, and has its bridges' interfaces from /dev/net/tun. */
function inUserspace({ facts, address }: CheckContext) {
  if (!facts.hasTun) {
    return [{ subject, expected: "/dev/net/tun", given: "no such device", remedy: "on the host: modprobe tun" }];
  }
  const underlay = facts.links?.find(({ addresses }) => addresses.some((one) => one.split("/")[0] === address));
  if (underlay === undefined || underlay.name in (facts.openVswitch?.bridges ?? {})) return [];
  return [
    {
      subject,
      expected: `the kernel's, or the underlay address ${address} on a bridge of Open vSwitch`,
      given: `userspace's alone, and the address on ${underlay.name}`,
      remedy: "load the kernel module openvswitch on the host, or configure overlay.driver: linux",
    },
  ];
}
