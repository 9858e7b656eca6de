import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { pendingOperations } from "../../../tools/stack/operations.ts";
import {
  describeVerification,
  describeVerified,
  isFresh,
  recordedInputs,
  verifyStack,
} from "../../../tools/stack/verification.ts";
import { summary } from "../../../tools/start.ts";

describe("pendingOperations", () => {
  it("reads what an interrupted run left, and nothing from a state without it", () => {
    const urn = "urn:pulumi:gate::devstack-multinode::pulumi-nodejs:dynamic:Resource::bridge";
    const state = { deployment: { pending_operations: [{ type: "creating", resource: { urn } }] } };
    expect(pendingOperations(JSON.stringify(state))).toEqual([{ type: "creating", urn }]);
    expect(pendingOperations('{"version":3,"deployment":{}}')).toEqual([]);
  });
});

describe("a verification", () => {
  const failed = [{ from: "primary", to: "subnode-1", kind: "mtu", detail: "1450 bytes do not pass" }];

  it("is fresh only when its report was written since", () => {
    const folder = mkdtempSync(join(tmpdir(), "report-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const report = join(folder, "report.json");
    const verification = { checks: 3, failed: [], report };
    expect(isFresh(verification, 0)).toBe(false);
    writeFileSync(report, "[]");
    utimesSync(report, 1_000, 1_000);
    expect(isFresh(verification, 1_000_000)).toBe(true);
    expect(isFresh(verification, 1_000_001)).toBe(false);
    expect(isFresh(undefined, 0)).toBe(false);
  });

  it("is told with every check that failed", () => {
    expect(describeVerification({ checks: 3, failed: [], report: "/r" })).toBe("3 checks, all held (/r)");
    expect(describeVerification({ checks: 3, failed, report: "/r" })).toBe(
      "3 checks, 1 failed (/r)\n  mtu primary -> subnode-1: 1450 bytes do not pass",
    );
  });

  it("is told with the table of who reaches whom to those who asked for it", () => {
    const check = { kind: "underlay", held: true, detail: "0.2 ms", milliseconds: 0.2 };
    const results = [
      { ...check, from: "primary", to: "subnode-1" },
      { ...check, from: "subnode-1", to: "primary" },
    ];
    const told = describeVerified({ verification: { checks: 2, failed: [], report: "/r" }, results });
    expect(told).toBe(
      [
        "from \\ to  primary  subnode-1",
        "primary    .        ok",
        "subnode-1  ok       .",
        "",
        "2 checks: all held (underlay 2/2)",
        "",
        "report: /r",
      ].join("\n"),
    );
  });

  it("of a stack that records none says why that may be", async () => {
    for (const state of [null, '{"deployment":{}}']) {
      await expect(verifyStack("gate", state)).rejects.toThrow(/not deployed \(npm start -- gate\).*verify: none/);
    }
  });

  it("starts from what was recorded last, not from the inputs before it or a half that is being replaced", () => {
    const type = "pulumi-nodejs:dynamic/verification:Verification";
    const resources = [
      { type: "pulumi:pulumi:Stack" },
      { type, delete: true, outputs: { report: "/old" } },
      { type, inputs: { report: "/before" }, outputs: { report: "/new" } },
    ];
    expect(recordedInputs(JSON.stringify({ deployment: { resources } }))).toEqual({ report: "/new" });
  });
});

describe("summary", () => {
  it("shows the nodes, the checks and how to log in, with a path that a shell takes as it is", () => {
    const node = { role: "subnode", hostname: "h", address: "10.20.0.18", publicAddress: null };
    const nodes = [
      { ...node, name: "primary", role: "primary", number: 0, address: "10.20.0.10", publicAddress: "203.0.113.4" },
      { ...node, name: "subnode-1", number: 1 },
    ];
    const text = summary("gate", { nodes, sshConfig: "/my project/ssh" }, { checks: 3, failed: [], report: "/r" });
    expect(text).toBe(
      [
        "stack gate",
        "",
        "node       role     address     public address",
        "primary    primary  10.20.0.10  203.0.113.4",
        "subnode-1  subnode  10.20.0.18  -",
        "",
        "verified: 3 checks, all held (/r)",
        "log in:   ssh -F '/my project/ssh' primary",
      ].join("\n"),
    );
  });
});
