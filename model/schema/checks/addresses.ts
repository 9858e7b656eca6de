/** Every node finds an address below the floating range. */
import { addressBits, contains, formatRange, freeRange, rangeAround, rangeOf } from "../../addresses.ts";
import { nodesFacts } from "../../backends/index.ts";
import type { Flavor } from "../../flavors/flavor.ts";
import { flavors } from "../../flavors/index.ts";
import { nodeName } from "../../nodes.ts";
import { nodeAddressSpan } from "../../plan.ts";
import type { Check } from "./check.ts";
import { publicRanges } from "./ranges.ts";

/** The highest node number has an address between the public range's start and the floating range. */
export const addressesSuffice: Check = {
  reads: ({ nodes }) => ["flavor", "overlay.publicRange", "overlay.floatingRange", ...nodesFacts(nodes).memberPaths],
  find: (settings) => {
    const { overlay, devstack } = settings;
    const { members, underlay } = nodesFacts(settings.nodes);
    const flavor: Flavor = flavors[settings.flavor];
    const addressed = flavor.overlays(settings).some((request) => request.addressed);
    const highest = members.at(-1)?.number ?? 0;
    const { first, last } = nodeAddressSpan(overlay);
    const room = Number(last - first) + 1;
    if (!addressed || !contains(overlay.publicRange, overlay.floatingRange) || room < 1 || highest < room) {
      return [];
    }
    const { family, first: start } = rangeOf(overlay.publicRange);
    const halfBits = Math.ceil(Math.log2(highest + 2));
    const wider = formatRange(rangeAround({ family, value: start }, addressBits[family] - halfBits - 1));
    return [
      {
        path: "overlay.publicRange",
        expected: `room for numbers up to ${highest} (${nodeName(highest)}) below the floating range ${overlay.floatingRange}; there are ${room} addresses, for numbers up to ${room - 1}`,
        given: overlay.publicRange,
        write: publicRanges(freeRange([devstack.fixedRange, ...underlay.ranges], wider)),
      },
    ];
  },
};
