/** Every check of a proof has a time, whatever came of it. */
import { execa } from "execa";
import { expect, test } from "vitest";
import { type GuestCheck, planGuestChecks } from "../../../model/guests/checks.ts";
import { planGuests } from "../../../model/guests/plan.ts";
import type { CheckResult } from "../../../model/verification.ts";
import { defineElapsed } from "../../../providers/verification/elapsed.ts";
import { probeResults } from "../../../providers/verification/guests/answers.ts";
import { guestFacts, planOf } from "../../model/configs.ts";

const network = planGuests(planOf({ flavor: "nova-network" }), guestFacts);
if ("reason" in network) throw new Error(network.reason);
const checks = planGuestChecks(network);

/** The results of checks, from what a node's script printed. */
function resultsOf(output: string, some: readonly GuestCheck[]): readonly CheckResult[] {
  return probeResults(output, some, "first").flatMap(({ results }) => results);
}

test("what a node measured is the time of each of a check's results", () => {
  for (const [id, check] of checks.entries()) {
    const results = resultsOf(`0 1 ${id + 5}`, [check]);
    expect(results.map(({ milliseconds }) => milliseconds)).toEqual(results.map(() => id + 5));
  }
});

test("a round trip that ping tells is more exact than the clock of a script", () => {
  const ping = checks.filter(({ kind }) => kind === "guest-ping").slice(0, 1);
  expect(resultsOf("0 0 10 time=0.12 ms", ping)).toMatchObject([{ held: true, milliseconds: 0.12 }]);
});

test("a check whose answer is missing has one too, so that a report never lacks a number", () => {
  const times = resultsOf("", checks).map(({ milliseconds }) => milliseconds);
  expect(new Set(times)).toEqual(new Set([0]));
});

test("the clock of a script counts milliseconds", async () => {
  const { stdout } = await execa("sh", ["-c", `${defineElapsed.text}\nstart; sleep 0.3; elapsed; echo $milliseconds`]);
  // A tick of the clock is ten of them.
  expect(Number(stdout)).toBeGreaterThanOrEqual(290);
});
