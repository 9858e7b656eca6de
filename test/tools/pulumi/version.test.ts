import { describe, expect, it } from "vitest";
import { isCompatible } from "../../../tools/pulumi/version.ts";
import { goMissing, goVersionOf } from "../../../tools/support/go.ts";

describe("isCompatible", () => {
  it.each(["3.249.0", "v3.259.0", "3.300.1-alpha.5"])("takes %s", (version) =>
    expect(isCompatible(version)).toBe(true),
  );
  it.each(["3.248.9", "v3.60.0", "4.0.0", "2.300.0", "", "broken"])("refuses %j", (version) =>
    expect(isCompatible(version)).toBe(false),
  );
});

describe("a missing Go", () => {
  it("is named with the version that go.mod asks for, the command that installs it and the one that spares it", () => {
    const { text, version } = goVersionOf("module x\n\ngo 1.26\n\nrequire y v1.0.0\n");
    expect(version).toEqual([1, 26, 0]);
    const target = { program: "pulumi", instead: "get it elsewhere" };
    const message = goMissing(target, text, ["go: go1.19.8"]);
    expect(message).toContain("expected Go 1.26 or newer to build pulumi; given: go: go1.19.8.");
    expect(message).toMatch(
      /curl -fsSL https:\/\/go\.dev\/dl\/go1\.26\.0\.linux-(amd64|arm64)\.tar\.gz \| tar -C \/usr\/local -xz/,
    );
    expect(message).toMatch(/^ {2}get it elsewhere$/m);
  });
});
