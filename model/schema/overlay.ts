/** The shape of `overlay`. */
import { z } from "zod";
import { type DriverName, drivers } from "../drivers.ts";
import { LARGEST_MTU } from "../mtu.ts";
import type { OverlayLayout, OverlayTopology } from "../settings.ts";
import { DEFAULT_VNI_BASE, HIGHEST_VNI } from "../vni.ts";
import { cidr, flag, integer, oneOf } from "./fields.ts";

/** UDP port of VXLAN (RFC 7348, section 8). */
const VXLAN_PORT = 4789;

/** The seed's ranges: the public one, and the upper half of it for floating addresses. */
const PUBLIC_RANGE = "172.24.4.0/23";
const FLOATING_RANGE = "172.24.5.0/24";

/** Half of the public range is for floating addresses, so it is one bit wider than any other has to be. */
const LONGEST_PUBLIC_PREFIX = 28;

/** MTU shown as an example: Ethernet's 1500 less VXLAN's 50. */
const USUAL_OVERLAY_MTU = 1450;

const layouts = ["direct", "patched"] as const satisfies readonly OverlayLayout[];

const topologies = ["star"] as const satisfies readonly OverlayTopology[];

/** `overlay`, with the seed's numbers where the user says nothing; the layout's default is the flavor's. */
export const overlayShape = z.strictObject({
  driver: oneOf(Object.keys(drivers) as DriverName[], "openvswitch").default("openvswitch"),
  layout: oneOf(layouts, "direct").exactOptional(),
  topology: oneOf(topologies, "star").default("star"),
  port: integer({ what: "a UDP port", least: 1, most: 65_535, example: VXLAN_PORT }).default(VXLAN_PORT),
  vniBase: integer({
    what: "what VNIs are counted from",
    least: 0,
    most: HIGHEST_VNI,
    example: DEFAULT_VNI_BASE,
  }).default(DEFAULT_VNI_BASE),
  publicRange: cidr({
    what: "the public range",
    example: PUBLIC_RANGE,
    family: "IPv4",
    longest: LONGEST_PUBLIC_PREFIX,
  }).default(PUBLIC_RANGE),
  floatingRange: cidr({ what: "the floating range", example: FLOATING_RANGE, family: "IPv4" }).default(FLOATING_RANGE),
  mtu: integer({ what: "an MTU in bytes", least: 1, most: LARGEST_MTU, example: USUAL_OVERLAY_MTU }).exactOptional(),
  publicBridge: flag("whether br-ex is an overlay too", false).default(false),
});
