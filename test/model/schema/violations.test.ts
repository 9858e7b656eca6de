import { describe, expect, test } from "vitest";
import { ConfigError, parseSettings, type RawConfig } from "../../../model/schema/index.ts";
import type { Violation } from "../../../model/violation.ts";
import { applyFix } from "./fixes.ts";
import { brokenRules } from "./rules.ts";

const STACK = "gate";

function refused(config: Readonly<Record<string, unknown>>): ConfigError {
  try {
    parseSettings(STACK, config as RawConfig);
  } catch (error) {
    if (error instanceof ConfigError) {
      return error;
    }
    throw error;
  }
  throw new Error(`expected a ConfigError for ${JSON.stringify(config)}`);
}

/** The violations that are left once every fix has been made. */
function afterFixes(config: Readonly<Record<string, unknown>>, violations: readonly Violation[]): string {
  const fixed = violations.reduce(applyFix, config);
  try {
    parseSettings(STACK, fixed as RawConfig);
    return "";
  } catch (error) {
    return `${JSON.stringify(fixed)}\n${error instanceof Error ? error.message : error}`;
  }
}

describe("a broken rule", () => {
  test.each(brokenRules)("$rule is told with its path, and the fix works", ({ config, paths }) => {
    const { violations } = refused(config);
    expect(violations.map(({ path }) => path)).toEqual(paths);
    expect(afterFixes(config, violations)).toBe("");
  });

  test("is told in words that a user can act on", async () => {
    const messages = brokenRules.map(({ rule, config }) => `# ${rule}\n${refused(config).message}\n`);
    await expect(messages.join("\n")).toMatchFileSnapshot("../../golden/violations.txt");
  });
});

describe("many broken rules", () => {
  const config = {
    flavor: "neutron-dvrr",
    nodes: { lab: { subnodes: [1, 1], underlay: "10.20.3.0/16", underlayMtu: "1500" } },
    overlay: { prot: 4790, mtu: 500, vniBase: -1, publicRange: "172.24.4.0/99" },
    devstack: { fixedRange: "10.20.0.0/20", run: { stak: false } },
    verify: "all",
  };

  test("are told all at once, ordered by path", () => {
    expect(refused(config).violations.map(({ path }) => path)).toEqual([
      "devstack.run.stak",
      "flavor",
      "nodes.lab.subnodes",
      "nodes.lab.underlay",
      "nodes.lab.underlayMtu",
      "overlay.prot",
      "overlay.publicRange",
      "overlay.vniBase",
      "verify",
    ]);
  });

  test("rules of shape and of meaning are told together", () => {
    const mixed = { overlay: { port: 0, mtu: 9000 }, nodes: { lab: { underlay: "172.24.4.0/22" } }, verify: "x" };
    expect(refused(mixed).violations.map(({ path }) => path)).toEqual([
      "nodes.lab.underlay",
      "overlay.mtu",
      "overlay.port",
      "verify",
    ]);
    expect(afterFixes(mixed, refused(mixed).violations)).toBe("");
  });

  test("nothing is judged by a value that is wrong itself", () => {
    const { violations } = refused({
      overlay: { publicRange: "10.20.0.0/99", floatingRange: "10.20.1.0/24" },
      nodes: { lab: { underlay: "172.24.4.0/23" } },
    });
    expect(violations.map(({ path }) => path)).toEqual(["overlay.publicRange"]);
  });
});

describe("the message", () => {
  test("names the nearest known key at any depth", () => {
    const [violation] = refused({ devstack: { localrc: { primry: {} } } }).violations;
    expect(violation?.expected).toContain("nearest is primary");
  });

  test("shows the arithmetic of an impossible MTU", () => {
    expect(refused({ overlay: { mtu: 1451 } }).message).toContain("1500 (underlay) - 50 (VXLAN over IPv4) = 1450");
  });

  test("names both of two ranges that meet", () => {
    const { message } = refused({ devstack: { fixedRange: "172.24.5.0/25" } });
    expect(message).toContain("the fixed range apart from the floating range 172.24.5.0/24");
    expect(message).toContain("172.24.5.0/25");
  });

  test("hides secrets, wherever they are written", () => {
    const { message } = refused({
      devstack: {
        secrets: { ADMIN_PASSWORD: ["hidden-1"] },
        secret: { RABBIT_PASSWORD: "hidden-2" },
        localrc: { al: { SERVICE_TOKEN: "hidden-3" }, all: { "SWIFT-HASH": "x", MY_PASSWORD: ["hidden-4"] } },
      },
    });
    expect(message).not.toContain("hidden");
  });
});
