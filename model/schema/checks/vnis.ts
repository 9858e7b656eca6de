/** VNIs stay within their 24 bits. */
import { nodesFacts } from "../../backends/index.ts";
import type { Flavor } from "../../flavors/flavor.ts";
import { flavors } from "../../flavors/index.ts";
import { PRIMARY_NUMBER } from "../../nodes.ts";
import { DEFAULT_VNI_BASE, HIGHEST_VNI, vniOf } from "../../vni.ts";
import type { Check } from "./check.ts";

/** The highest VNI of the stack is one. */
export const vnisFit: Check = {
  reads: ({ nodes }) => ["flavor", "overlay.vniBase", ...nodesFacts(nodes).memberPaths],
  find: (settings) => {
    const { vniBase } = settings.overlay;
    const flavor: Flavor = flavors[settings.flavor];
    const blocks = flavor.overlays(settings).map(({ vniBlock }) => vniBlock);
    const numbers = nodesFacts(settings.nodes)
      .members.map(({ number }) => number)
      .filter((number) => number !== PRIMARY_NUMBER);
    const offsets = numbers.flatMap((number) => blocks.map((block) => vniOf(0, block, number)));
    const above = offsets.reduce((most, offset) => Math.max(most, offset), 0);
    return vniBase + above <= HIGHEST_VNI
      ? []
      : [
          {
            path: "overlay.vniBase",
            expected: `at most ${HIGHEST_VNI - above}: the highest VNI here would be ${vniBase} + ${above} = ${vniBase + above}, beyond the 24 bits that end at ${HIGHEST_VNI}`,
            given: String(vniBase),
            write: `vniBase: ${DEFAULT_VNI_BASE}`,
          },
        ];
  },
};
