/** The overlay that carries the public network of a neutron flavor, and what may be asked of it. */
import { assignment } from "../../schema/write.ts";
import type { Settings } from "../../settings.ts";
import type { Violation } from "../../violation.ts";
import type { OverlayRequest } from "../flavor.ts";

/** neutron's bridge to the public network (devstack's PUBLIC_BRIDGE). */
export const publicBridge = "br-ex";

/** The overlay bridge of the patched layout, as neutron's own multinode jobs name it. */
export const infrastructureBridge = "br-infra";

/** br-ex itself in the direct layout; br-infra, joined to br-ex by patch ports, in the patched one. */
export function publicOverlay({ overlay }: Settings): OverlayRequest {
  return overlay.layout === "direct"
    ? { bridge: publicBridge, addressed: true, vniBlock: "public" }
    : { bridge: infrastructureBridge, addressed: true, vniBlock: "public", patchTo: publicBridge };
}

/** For flavors where br-ex is an overlay on demand (`overlay.publicBridge`). */
export function optionalPublicOverlay(settings: Settings): readonly OverlayRequest[] {
  return settings.overlay.publicBridge ? [publicOverlay(settings)] : [];
}

/** For flavors where br-ex is an overlay on demand: the patched layout without one would change nothing. */
export function optionalOverlayViolations({ flavor, overlay }: Settings): readonly Violation[] {
  if (overlay.layout === "direct" || overlay.publicBridge) return [];
  return [
    {
      path: "overlay.publicBridge",
      expected: `true with layout patched: without it flavor ${flavor} has no overlay to join to ${publicBridge}`,
      given: "false",
      write: assignment(["overlay", "publicBridge"], true),
    },
  ];
}
