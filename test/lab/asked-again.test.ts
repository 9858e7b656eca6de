/** Answers that get lost while everything is checked are asked for once more; those that never come have failed. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { CheckResult } from "../../model/verification.ts";
import { type TestStack, testStack } from "../support/stack.ts";

/** Floating address of subnode-1's first guest: two guests of the primary are above it in 172.24.5.0/24. */
const guest = "172.24.5.252";

/** The overlay's address of subnode-1. */
const node = "172.24.4.2";

/** Answers to a small ping, its headers of 28 bytes included. */
const SMALL_ANSWER = "icmp type echo-reply ip length 84";

/**
 * More answers than a ping brings while it is tried the first time, at five a second for 2 s and 5 s, and fewer than it brings
 * until the second time is over, 4 s more.
 */
const LOST = { [guest]: 16, [node]: 32 } as const;

/** Has the primary drop what comes in by some rules, as a network that loses it would. */
async function losing(stack: TestStack, rules: readonly string[], work: () => Promise<void>): Promise<void> {
  const table = ["table ip loser {", "chain incoming {", "type filter hook input priority 0;", ...rules, "}", "}"];
  await stack.on("primary", `printf '%s\\n' ${table.map((line) => `'${line}'`).join(" ")} | nft -f -`);
  try {
    await work();
  } finally {
    await stack.on("primary", "nft delete table ip loser");
  }
}

function resultsOf(stack: TestStack): readonly CheckResult[] {
  return JSON.parse(readFileSync(join(stack.generated, "verification.json"), "utf8")).results;
}

describe("an answer that does not come", () => {
  const stack = testStack({ verify: "guests" });

  beforeAll(async () => {
    await stack().up();
  });

  it("is asked for again when all else is over, and that it came only then is said", async () => {
    const rules = Object.entries(LOST).map(
      ([address, packets]) => `ip saddr ${address} ${SMALL_ANSWER} limit rate 1/day burst ${packets} packets drop`,
    );
    await losing(stack(), rules, async () => {
      const { code, stdout, all } = await stack().tool("verify", stack().name);
      expect(code, all).toBe(0);
      expect(stdout).toMatch(/all held, \d+ only when asked again \(/);
      expect(all).toMatch(/\d+ of \d+ checks had no answer in time and are asked again/);
      const late = resultsOf(stack()).filter(({ askedAgain }) => askedAgain);
      // On a busy machine they may be more.
      expect(late.map(({ kind, from, to }) => `${kind} ${from} ${to}`)).toEqual(
        expect.arrayContaining(["overlay primary subnode-1", "guest-ping primary subnode-1/a"]),
      );
      for (const { detail } of late) expect(detail).toMatch(/ ms, only when asked again$/);
    });
  });

  it("has failed when it does not come then either, with everything that hangs on it and nothing else", async () => {
    await losing(stack(), [`ip saddr ${guest} drop`], async () => {
      const { code, stdout, all } = await stack().tool("verify", stack().name, "--json");
      expect(code, all).toBe(1);
      const failed: readonly CheckResult[] = JSON.parse(stdout).failed;
      expect(failed.map(({ kind, from, to }) => `${kind} ${from} ${to}`)).toEqual(
        ["guest-ping", "mtu", "guest-tcp", "guest-ssh", "transfer"].map((kind) => `${kind} primary subnode-1/a`),
      );
      for (const { detail } of failed) expect(detail).toMatch(/, also when asked again; last seen at /);
    });
  });
});
