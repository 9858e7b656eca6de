/** The stack's security group: what may reach its servers. */
import { rangeOf } from "../addresses.ts";
import { SSH_PORT } from "../ssh-port.ts";

/** A rule for traffic that comes in. */
export interface SecurityRule {
  /** Tail of the rule's logical name. */
  readonly name: string;
  readonly ethertype: "IPv4" | "IPv6";
  /** Absent: any. */
  readonly protocol?: "tcp" | "udp" | "icmp" | "ipv6-icmp";
  readonly port?: number;
  /** Where from: a CIDR, or the group's own members. */
  readonly from: { readonly range: string } | "members";
}

/**
 * The rules for incoming traffic: SSH from the controller's range only, and ICMP from there; everything between members.
 * VXLAN has a rule of its own, so that whoever reads the group sees what the overlays need. Nothing else comes in.
 * What goes out stays open, as the cloud's default rules of every group have it: nodes fetch packages and sources.
 */
export function securityRules(controllerRange: string, vxlanPort: number): readonly SecurityRule[] {
  const { family } = rangeOf(controllerRange);
  const controller = { ethertype: family, from: { range: controllerRange } } as const;
  return [
    { name: "ssh", ...controller, protocol: "tcp", port: SSH_PORT },
    { name: "icmp", ...controller, protocol: family === "IPv4" ? "icmp" : "ipv6-icmp" },
    { name: "vxlan", ethertype: "IPv4", protocol: "udp", port: vxlanPort, from: "members" },
    { name: "members-ipv4", ethertype: "IPv4", from: "members" },
    { name: "members-ipv6", ethertype: "IPv6", from: "members" },
  ];
}
