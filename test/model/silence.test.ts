import { describe, expect, test } from "vitest";
import { afterSecondAsking, worthAskingAgain } from "../../model/silence.ts";
import type { CheckResult } from "../../model/verification.ts";

const about = { kind: "broadcast", from: "primary/a", to: "subnode-1/a" };
const held: CheckResult = { ...about, held: true, detail: "0.2 ms", milliseconds: 0.2 };
const silent: CheckResult = { ...about, held: false, silent: true, detail: "no answer within 2 s", milliseconds: 2000 };
const refused: CheckResult = { ...about, held: false, detail: "too long, mtu=1400", milliseconds: 10 };

describe("silence", () => {
  test("of a few is asked again", () => {
    expect(worthAskingAgain([silent, silent, ...Array(14).fill(held)])).toBe(2);
  });

  test("of many is no accident", () => {
    expect(worthAskingAgain([silent, silent, ...Array(13).fill(held)])).toBe(0);
  });

  test("is not what failed for a reason", () => {
    expect(worthAskingAgain([refused, ...Array(30).fill(held)])).toBe(0);
    expect(worthAskingAgain([])).toBe(0);
  });
});

describe("after a second asking", () => {
  test("what answers holds, and says that it did not at once", () => {
    expect(afterSecondAsking([silent], [held])).toEqual([
      { ...held, askedAgain: true, detail: "0.2 ms, only when asked again" },
    ]);
  });

  test("what is silent once more has failed", () => {
    const longer = { ...silent, detail: "no answer within 6 s" };
    expect(afterSecondAsking([silent], [longer])).toEqual([
      { ...longer, askedAgain: true, detail: "no answer within 6 s, also when asked again" },
    ]);
  });

  test("what had an answer before keeps it, whatever the second one is", () => {
    // A broadcast is asked again as a whole; red when whoever was heard the first time has to be heard twice.
    const [first, second, third] = afterSecondAsking([held, silent, refused], [silent, held, held]);
    expect(first).toBe(held);
    expect(second).toMatchObject({ held: true, askedAgain: true });
    expect(third).toBe(refused);
  });

  test("a second answer that is missing changes nothing", () => {
    expect(afterSecondAsking([silent], [])).toEqual([silent]);
  });
});
