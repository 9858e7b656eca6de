/** The MTU of an overlay network: what VXLAN leaves of the underlay's. */
import type { Family } from "./addresses.ts";
import { ConfigError, type Violation } from "./violation.ts";

/**
 * Bytes that VXLAN adds to an inner IP packet (RFC 7348, section 5): inner Ethernet header 14, VXLAN 8, UDP 8,
 * outer IP header 20 (IPv4) or 40 (IPv6).
 */
export const vxlanOverhead = { IPv4: 50, IPv6: 70 } as const satisfies Record<Family, number>;

/** Least MTU of an overlay in bytes: the datagram every IPv4 host must be able to take (RFC 791, section 3.1). */
export const LEAST_OVERLAY_MTU = 576;

/** Largest MTU in bytes that an IP packet can fill (RFC 791: 16 bits of length). */
export const LARGEST_MTU = 65_535;

/** MTU in bytes of an Ethernet network (RFC 894), and of a lab's underlay when nothing else is given. */
export const DEFAULT_UNDERLAY_MTU = 1500;

/** What an overlay's MTU follows from. */
export interface MtuFacts {
  /** Smallest MTU between the nodes, in bytes. */
  readonly underlayMtu: number;
  /** IP version of the tunnels' outer packets. */
  readonly family: Family;
  /** The MTU the user asks for, in bytes. */
  readonly override?: number | undefined;
  /** The key that sets the underlay's MTU, where the configuration does; e.g. `nodes.lab.underlayMtu`. */
  readonly underlayPath?: string | undefined;
}

/**
 * The MTU of an overlay's bridges in bytes.
 * @throws ConfigError when none is possible, with the arithmetic.
 */
export function overlayMtu(facts: MtuFacts): number {
  const violations = mtuViolations(facts);
  if (violations.length > 0) {
    throw new ConfigError("The overlay's MTU", violations);
  }
  return facts.override ?? facts.underlayMtu - vxlanOverhead[facts.family];
}

/** Why no overlay MTU is possible; empty when one is. */
export function mtuViolations({ underlayMtu, family, override, underlayPath }: MtuFacts): readonly Violation[] {
  const overhead = vxlanOverhead[family];
  const most = underlayMtu - overhead;
  const arithmetic = `${underlayMtu} (underlay) - ${overhead} (VXLAN over ${family}) = ${most}`;
  if (most < LEAST_OVERLAY_MTU) {
    const least = LEAST_OVERLAY_MTU + overhead;
    return [
      {
        path: underlayPath ?? "nodes",
        expected: `an underlay MTU of at least ${least} bytes, so that ${LEAST_OVERLAY_MTU} are left for the overlay: ${arithmetic}`,
        given: underlayPath === undefined ? `${underlayMtu}, read on the nodes` : String(underlayMtu),
        write:
          underlayPath === undefined
            ? `# nodes with an MTU of at least ${least} bytes between them`
            : `${underlayPath.split(".").at(-1)}: ${DEFAULT_UNDERLAY_MTU}`,
      },
    ];
  }
  if (override !== undefined && (override > most || override < LEAST_OVERLAY_MTU)) {
    return [
      {
        path: "overlay.mtu",
        expected: `an MTU from ${LEAST_OVERLAY_MTU} to ${most} bytes: ${arithmetic}`,
        given: String(override),
        write: `mtu: ${most}`,
      },
    ];
  }
  return [];
}
