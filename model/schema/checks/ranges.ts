/** The ranges of a stack do not meet, save the floating range, which lies inside the public one. */
import { contains, formatRange, freeRange, overlaps, rangeOf, upperHalf } from "../../addresses.ts";
import { nodesFacts } from "../../backends/index.ts";
import type { Settings } from "../../settings.ts";
import type { Violation } from "../../violation.ts";
import type { Check } from "./check.ts";

/** A range of the stack, or the public one with the floating one in it, in the order they are given places. */
interface PlacedRange {
  readonly name: string;
  readonly cidr: string;
  /** The key that sets it; absent where none does, so that the others have to make room. */
  readonly path?: string;
  /** A part of it with a name of its own. */
  readonly part?: { readonly name: string; readonly cidr: string };
  /** The YAML that gives it another place. */
  readonly write: (cidr: string) => string;
}

/** The floating range lies inside the public one, with room for nodes below it. */
export const floatingInsidePublic: Check = {
  reads: () => ["overlay.publicRange", "overlay.floatingRange"],
  find: ({ overlay: { publicRange, floatingRange } }) => {
    const write = `floatingRange: ${formatRange(upperHalf(rangeOf(publicRange)))}`;
    const violation = { path: "overlay.floatingRange", given: floatingRange, write };
    if (!contains(publicRange, floatingRange)) {
      return [
        {
          ...violation,
          expected: `a range inside the public range ${publicRange}, so that nodes reach floating addresses on-link`,
        },
      ];
    }
    return rangeOf(floatingRange).first === rangeOf(publicRange).first
      ? [
          {
            ...violation,
            expected: `a range that leaves addresses for nodes at the start of the public range ${publicRange}`,
          },
        ]
      : [];
  },
};

/** Public, floating, fixed and underlay ranges do not meet. */
export const rangesApart: Check = {
  yields: true,
  reads: ({ nodes }) => [
    "overlay.publicRange",
    "overlay.floatingRange",
    "devstack.fixedRange",
    nodesFacts(nodes).underlay.rangePath ?? "nodes",
  ],
  find: (settings) => {
    const ranges = rangesOf(settings);
    const placed: PlacedRange[] = [];
    const violations: Violation[] = [];
    for (const [index, range] of ranges.entries()) {
      const met = placed.find((other) => meet(range, other));
      if (met === undefined || range.path === undefined) {
        placed.push(range);
        continue;
      }
      const others = [...placed, ...ranges.slice(index + 1)].flatMap(cidrsOf);
      const cidr = freeRange(others, range.cidr);
      violations.push(meeting(range, met, cidr));
      placed.push({ name: range.name, cidr, write: range.write });
    }
    return violations;
  },
};

/** All ranges, those first that keep their place when two meet. */
function rangesOf({ overlay, devstack, nodes }: Settings): readonly PlacedRange[] {
  const { ranges, rangePath } = nodesFacts(nodes).underlay;
  const underlays = ranges.map(
    (cidr): PlacedRange => ({
      name: "underlay's range",
      cidr,
      ...(rangePath === undefined ? {} : { path: rangePath }),
      write: (free) => `${rangePath?.split(".").at(-1)}: ${free}`,
    }),
  );
  const publicRange: PlacedRange = {
    name: "public range",
    cidr: overlay.publicRange,
    path: "overlay.publicRange",
    part: { name: "floating range", cidr: overlay.floatingRange },
    write: publicRanges,
  };
  const fixedRange: PlacedRange = {
    name: "fixed range",
    cidr: devstack.fixedRange,
    path: "devstack.fixedRange",
    write: (free) => `fixedRange: ${free}`,
  };
  return rangePath === undefined ? [...underlays, publicRange, fixedRange] : [publicRange, fixedRange, ...underlays];
}

function cidrsOf({ cidr, part }: PlacedRange): readonly string[] {
  return part === undefined ? [cidr] : [cidr, part.cidr];
}

function meet(a: PlacedRange, b: PlacedRange): boolean {
  return cidrsOf(a).some((one) => cidrsOf(b).some((other) => overlaps(one, other)));
}

/** The violation of two ranges that meet, mended by a free place for the first. */
function meeting(range: PlacedRange, met: PlacedRange, free: string): Violation {
  const inPart = met.part !== undefined && overlaps(met.part.cidr, range.cidr);
  const named = inPart ? `${met.part.name} ${met.part.cidr}` : `${met.name} ${met.cidr}`;
  return {
    path: range.path ?? "nodes",
    expected: `the ${range.name} apart from the ${named}`,
    given: range.cidr,
    write: range.write(free),
  };
}

/** The lines that set a public range and, in its upper half, the floating range. */
export function publicRanges(publicRange: string): string {
  return `publicRange: ${publicRange}\nfloatingRange: ${formatRange(upperHalf(rangeOf(publicRange)))}`;
}
