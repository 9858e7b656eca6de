import { describe, expect, it } from "vitest";
import { readArguments } from "../../../tools/support/arguments.ts";

const rules = { usage: "npm run thing", positionals: 1, choices: { for: ["lab", "hosts"] }, flags: ["purge"] };

describe("readArguments", () => {
  it("reads names, choices and flags in any order", () => {
    const { positionals, choices, flags } = readArguments(["--purge", "gate", "--for=hosts"], rules);
    expect({ positionals, choices, purge: flags.has("purge") }).toEqual({
      positionals: ["gate"],
      choices: { for: "hosts" },
      purge: true,
    });
  });

  it("tells everything that is wrong at once, with the nearest name and the usage", () => {
    expect(() => readArguments(["gate", "more", "--for", "labs", "--purg", "--purge=yes"], rules)).toThrow(
      [
        "--for: expected one of lab, hosts; given: labs; did you mean lab?",
        "expected one of --for, --purge; given: --purg; did you mean --purge?",
        "--purge: expected no value, given: yes",
        "expected no further argument; given: more",
        "usage: npm run thing",
      ].join("\n"),
    );
  });

  it("does not take a choice without a value", () => {
    expect(() => readArguments(["--for"], rules)).toThrow("--for: expected one of lab, hosts; given: nothing");
  });
});
