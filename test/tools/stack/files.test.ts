import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { chooseStack, purposeOf, readConfiguration } from "../../../tools/stack/files.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stack-files-"));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: devstack-multinode\n");
  writeFileSync(
    join(folder, "Pulumi.gate.yaml"),
    "config:\n  devstack-multinode:flavor: neutron-dvr\n  other:key: 1\n",
  );
  writeFileSync(join(folder, "Pulumi.neutron-ovn.yaml"), "encryptionsalt: v1:x\n");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("chooseStack", () => {
  it("means gate when nothing is said, and takes full names", () => {
    expect(chooseStack(undefined, folder)).toBe("gate");
    expect(chooseStack("organization/devstack-multinode/neutron-ovn", folder)).toBe(
      "organization/devstack-multinode/neutron-ovn",
    );
  });

  it("lists the known stacks and the nearest for a wrong name", () => {
    expect(() => chooseStack("neutron-onv", folder)).toThrow(
      "stack: expected one of gate, neutron-ovn; given: neutron-onv; did you mean neutron-ovn?",
    );
  });
});

describe("readConfiguration", () => {
  it("gives the project's own keys, and none for a file without config", () => {
    expect(readConfiguration("gate", folder)).toEqual({ flavor: "neutron-dvr" });
    expect(readConfiguration("neutron-ovn", folder)).toEqual({});
  });

  it("says what is wrong with a file that is no YAML or has no keys", () => {
    writeFileSync(join(folder, "Pulumi.gate.yaml"), "config: [1\n");
    expect(() => readConfiguration("gate", folder)).toThrow(/Pulumi\.gate\.yaml is not valid YAML: .*line 1|at line/s);
    writeFileSync(join(folder, "Pulumi.gate.yaml"), "config: [1]\n");
    expect(() => readConfiguration("gate", folder)).toThrow("expected keys and values under config; given: [1]");
  });
});

describe("purposeOf", () => {
  it.each([
    [{}, "lab"],
    [{ nodes: { backend: "inventory" } }, "hosts"],
    [{ nodes: { backend: "openstack" } }, "openstack"],
    [{ nodes: "nonsense" }, "lab"],
  ] as const)("of %j is %s", (configuration, purpose) => expect(purposeOf(configuration)).toBe(purpose));
});
