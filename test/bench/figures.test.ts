import { describe, expect, it } from "vitest";
import { breakdown } from "../../bench/breakdown.ts";
import { figuresOf, type Round, type Series } from "../../bench/figures.ts";
import { median } from "../../bench/median.ts";
import { reportText } from "../../bench/report.ts";

const round: Round = {
  emptyUp: 1,
  oneUp: 1.75,
  noopUp: 2,
  noopPreview: 2,
  connect: 0.3,
  floor: 0.5,
  up: 3,
  verification: 4,
  upAgain: 2,
  preview: 2.2,
  destroy: 1.5,
};
const nothing = { start: [], destroy: [], plan: [] };

function series(nodes: number, ...rounds: readonly Partial<Round>[]): Series {
  const stack = { resources: 30, rounds: [{ up: 6, destroy: 3, noopUp: 2.5, floor: 0.5 }] };
  return { nodes, resources: 10, stateBytes: 50_000, rounds: rounds.map((part) => ({ ...round, ...part })), stack };
}

describe("median", () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[7], 7],
    [[10, 9, 100], 10],
  ])("of %j is %d", (values, expected) => expect(median(values)).toBe(expected));

  it("of nothing is refused", () => expect(() => median([])).toThrow("expected at least one value"));
});

describe("the figures", () => {
  it("hold up and preview against the yardsticks of their round", () => {
    const { judged } = figuresOf([series(3, {})], nothing);
    expect(judged.map(({ name, measured, bound, over }) => [name, measured, bound, over])).toEqual([
      ["up / (no-op up + floor), N=3", 3 / 2.5, 1.5, false],
      ["up / (empty up + floor), N=3", 2, 3.5, false],
      ["preview / no-op preview, N=3", 1.1, 1.3, false],
      ["verification, N=3", 4, 5, false],
    ]);
  });

  it.each([
    [3, 1.5, 3.5],
    [9, 1.5, 3.5],
    [10, 1.25, 2.5],
    [25, 1.25, 2.5],
  ])("of %d nodes have the bounds %d and %d", (nodes, upToNoop, upToEmpty) => {
    const ratios = figuresOf([series(nodes, {})], nothing).judged.filter(({ unit }) => unit === "x");
    const bounds = ratios.map(({ bound }) => bound);
    expect(bounds).toEqual([upToNoop, upToEmpty, 1.3]);
  });

  it.each([
    [3, 5],
    [10, 15],
    [11, undefined],
  ])("of the verification of %d nodes are held against %s seconds", (nodes, bound) => {
    const slow = { verification: 16 };
    const { judged } = figuresOf([series(nodes, slow, slow, { verification: 4 })], nothing);
    const told = judged.filter(({ name }) => name.startsWith("verification"));
    const expected = { name: `verification, N=${nodes}`, unit: "s", measured: 16, bound, over: true };
    expect(told).toEqual(bound === undefined ? [] : [expected]);
  });

  it("take the median of ratios, so that a minute of load spoils no figure", () => {
    const loaded = { up: 30, noopUp: 20, floor: 5, emptyUp: 10, preview: 22, noopPreview: 20 };
    const { judged } = figuresOf([series(3, {}, loaded, { up: 3.1 })], nothing);
    expect(judged.map(({ over }) => over)).toEqual([false, false, false, false]);
    expect(judged[0]?.measured).toBeCloseTo(1.2);
  });

  it("give medians in seconds and bytes per resource", () => {
    const { medians } = figuresOf([series(3, { up: 1 }, { up: 9 }, { up: 4 })], nothing);
    expect(medians).toEqual([{ nodes: 3, resources: 10, stateBytesPerResource: 5000, seconds: { ...round, up: 4 } }]);
  });

  it("say what is over its bound, of whole commands too", () => {
    const { judged } = figuresOf([], { start: [21, 22, 19], destroy: [7.9], plan: [0.6] });
    expect(judged.map(({ name, over }) => [name, over])).toEqual([
      ["npm start, N=3", true],
      ["npm run destroy, N=3", false],
      ["plan, N=500", true],
    ]);
  });
});

describe("the figures against Ansible", () => {
  const compared = (nodes: number) =>
    figuresOf([series(nodes, { ansible: { first: 10, again: 8 } })], nothing).judged.filter(({ name }) =>
      name.includes("Ansible"),
    );

  it("are there only where Ansible was asked for", () =>
    expect(figuresOf([series(10, {})], nothing).judged.filter(({ name }) => name.includes("Ansible"))).toEqual([]));

  it.each([
    [3, ["up / Ansible, N=3", 0.3, 0.5], ["Ansible, N=3", 10, 8.2 * 1.3]],
    [10, ["up / Ansible, N=10", 0.3, 0.2], ["up again / Ansible again, N=10", 0.25, 0.2], ["Ansible, N=10", 10, 32.5]],
    [11, ["up / Ansible, N=11", 0.3, 0.2], ["up again / Ansible again, N=11", 0.25, 0.2]],
    [25, ["up / Ansible, N=25", 0.3, 0.125], ["up again / Ansible again, N=25", 0.25, 0.2], ["Ansible, N=25", 10, 78]],
  ] as const)("of %d nodes are held against what is promised for so many", (nodes, ...expected) => {
    expect(compared(nodes).map(({ name, measured, bound }) => [name, measured, bound])).toEqual(expected);
  });

  it("say when the playbook is so slow that it proves nothing", () => {
    const { judged } = figuresOf([series(3, { ansible: { first: 11, again: 8 } })], nothing);
    expect(judged.filter(({ over }) => over).map(({ name }) => name)).toEqual(["Ansible, N=3"]);
  });
});

describe("the breakdown of up", () => {
  it("gives every part, and the parts add up", () => {
    const parts = breakdown(round);
    expect(parts.map(({ part, seconds }) => [part, Number(seconds.toFixed(3))])).toEqual([
      ["engine start", 1],
      ["provider start", 0.75],
      ["no-op resources", 0.25],
      ["SSH connect", 0.3],
      ["ovs and ip commands", 0.2],
      ["ours", 0.5],
    ]);
    expect(parts.reduce((sum, { percent }) => sum + percent, 0)).toBeCloseTo(100);
  });
});

describe("the report", () => {
  it("marks what is over its bound, and nothing else", () => {
    const text = reportText(figuresOf([series(10, { up: 3.5 })], { ...nothing, start: [5] }));
    const marked = text.split("\n").filter((line) => line.includes("OVER"));
    expect(marked).toEqual([expect.stringMatching(/^up \/ \(no-op up \+ floor\), N=10 +1\.40 x +1\.25 x +OVER$/)]);
    expect(text).toMatch(/^npm start, N=3 +5\.00 s +20 s$/m);
  });

  it("shows a whole stack against its own yardsticks, without a bound", () => {
    const figures = figuresOf([series(3, {})], nothing);
    // The mark of a bound would be the last word.
    expect(reportText(figures)).toMatch(/^3 +30 +6\.00 +3\.00 +2\.50 +0\.50 +2\.00 x$/m);
    expect(figures.judged.filter(({ name }) => name.includes("stack"))).toEqual([]);
  });

  it("tells where the time of up goes, and Ansible's only when it was measured", () => {
    const without = reportText(figuresOf([series(3, {})], nothing));
    expect(without).toMatch(/^3 +1\.00 \(33 %\) +0\.75 \(25 %\) +0\.25 \(8 %\)/m);
    expect(without).not.toContain("Ansible");
    const compared = reportText(figuresOf([series(3, { ansible: { first: 10, again: 8 } })], nothing));
    expect(compared).toMatch(/^3 +10\.00 +8\.00 +3\.00 +2\.00$/m);
    expect(compared).toMatch(/^up \/ Ansible, N=3 +0\.30 x +0\.5 x$/m);
  });
});
