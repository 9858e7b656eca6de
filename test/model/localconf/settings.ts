/** Settings and contexts for the tests of local.conf, without the schema in between. */
import { backendSettings } from "../../../model/backends/index.ts";
import type { Flavor, LocalConfContext } from "../../../model/flavors/flavor.ts";
import { type FlavorName, flavors } from "../../../model/flavors/index.ts";
import { planNodes } from "../../../model/plan.ts";
import { parseSettings } from "../../../model/schema/index.ts";
import type { DevstackSettings, OverlaySettings, Role, Settings, Switches } from "../../../model/settings.ts";

/** Nothing switched on or off. */
export const noSwitches: Switches = {
  enable: { all: [], primary: [], subnode: [] },
  disable: { all: [], primary: [], subnode: [] },
};

/** What a test changes of a stack's settings. */
export interface Changes {
  readonly subnodes?: number;
  readonly underlay?: string;
  readonly devstack?: Partial<DevstackSettings>;
  readonly overlay?: Partial<OverlaySettings>;
}

/** Settings of a lab stack of a flavor: defaults, and what a test changes. Changes are not checked. */
export function settingsOf(flavor: FlavorName, { subnodes = 2, underlay, devstack, overlay }: Changes = {}): Settings {
  const { defaultRelease = "today" }: Flavor = flavors[flavor];
  const defaults = parseSettings("gate", {
    flavor,
    nodes: {
      backend: "lab",
      lab: { subnodes: Math.max(subnodes, 2), ...(underlay === undefined ? {} : { underlay }) },
    },
    overlay: undefined,
    devstack: { release: defaultRelease },
    verify: undefined,
  });
  const numbers = Array.from({ length: subnodes }, (_, index) => index + 1);
  return {
    ...defaults,
    nodes: { backend: "lab", lab: { ...backendSettings(defaults.nodes, "lab"), subnodeNumbers: numbers } },
    overlay: { ...defaults.overlay, ...overlay },
    devstack: { ...defaults.devstack, ...devstack },
  };
}

/** What the local.conf of the first node of a role is made from; overlays have 1450 bytes, as on an underlay of 1500. */
export function contextOf(settings: Settings, role: Role): LocalConfContext {
  const nodes = planNodes(settings).map((node) => ({ ...node, address: node.address ?? "" }));
  const node = nodes.find((each) => each.role === role);
  const primary = nodes.find((each) => each.role === "primary");
  if (node === undefined || primary === undefined) throw new Error(`The stack has no ${role}.`);
  return { settings, node, primary, nodes, overlayMtu: 1450 };
}
