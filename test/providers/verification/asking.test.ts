/** What is asked a second time, and what for. */
import { describe, expect, test } from "vitest";
import type { CheckResult } from "../../../model/verification.ts";
import { asked, final, type Made, settle } from "../../../providers/verification/asking.ts";

function result(to: string, state: "held" | "silent" | "refused"): CheckResult {
  const silence = state === "silent" ? { silent: true as const } : {};
  return {
    kind: "guest-ping",
    from: "primary",
    to,
    held: state === "held",
    ...silence,
    detail: state,
    milliseconds: 1,
  };
}

/** Checks, which are the names of guests here, on a node where all but some hold. */
function made(count: number, others: Readonly<Record<number, "silent" | "refused">>): readonly Made<string>[] {
  return Array.from({ length: count }, (_, index) => {
    const check = `guest-${index}`;
    return { check, results: [result(check, others[index] ?? "held")] };
  });
}

const answer = async (checks: readonly string[]): Promise<readonly Made<string>[]> =>
  checks.map((check) => ({ check, results: [result(check, "held")] }));

describe("a second asking", () => {
  test("is of silent checks only, and leaves all results in their order", async () => {
    const again: string[] = [];
    const node = asked(made(30, { 3: "silent", 5: "refused", 7: "silent" }), async (checks) => {
      again.push(...checks);
      return await answer(checks);
    });
    const other = final([result("other", "held")]);
    const said: string[] = [];
    const results = await settle([node, other], (line) => said.push(line));
    expect(again).toEqual(["guest-3", "guest-7"]);
    expect(said).toEqual(["2 of 31 checks had no answer in time and are asked again"]);
    expect(results.map(({ to }) => to)).toEqual([...made(30, {}).map(({ check }) => check), "other"]);
    expect(results.filter(({ held }) => !held)).toEqual([result("guest-5", "refused")]);
    expect(results.filter(({ askedAgain }) => askedAgain).map(({ to }) => to)).toEqual(["guest-3", "guest-7"]);
  });

  test("does not happen where so much is silent that it is no accident", async () => {
    const node = asked(made(8, { 0: "silent", 1: "silent" }), () => Promise.reject(new Error("asked again")));
    const results = await settle([node], () => expect.unreachable());
    expect(results.filter(({ held }) => !held).map(({ to }) => to)).toEqual(["guest-0", "guest-1"]);
  });

  test("of a node that does not answer any more leaves what it said before", async () => {
    const node = asked(made(30, { 3: "silent" }), () => Promise.reject(new Error("no answer from the node")));
    const results = await settle([node], () => undefined);
    expect(results.filter(({ held }) => !held)).toEqual([result("guest-3", "silent")]);
  });
});
