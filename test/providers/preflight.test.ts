/** The pre-flight as the engine calls it, on real nodes that were there before any stack. */
import { execa } from "execa";
import { describe, expect, it, vi } from "vitest";
import { expectationsOf } from "../../model/preflight/expectations.ts";
import { parseSettings } from "../../model/schema/index.ts";
import { preflight } from "../../providers/implementations/preflight.ts";
import type { PreflightHost, PreflightInputs } from "../../providers/preflight.ts";
import type { NodeHandle } from "../../providers/remote/node-handle.ts";
import { labNodes, on } from "../support/lab-nodes.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

describe("hosts as they come", () => {
  const lab = labNodes({ subnodes: 2, openVswitch: true });
  it("pass", async () => {
    const t = Date.now();
    const made = await preflight.create(inputs(lab().nodes));
    console.log(Date.now() - t, JSON.stringify(made, null, 1));
    expect(made.outs.problems).toEqual([]);
  });
});

function inputs(nodes: readonly NodeHandle[], change: Partial<PreflightInputs> = {}): PreflightInputs {
  const settings = parseSettings("test", { nodes: { lab: { subnodes: 2 } } });
  return {
    hosts: nodes.map(hostOf),
    environment: "test-000000",
    expectations: expectationsOf(settings),
    seconds: 0,
    problems: [],
    ...change,
  };
}

function hostOf(node: NodeHandle, number: number): PreflightHost {
  const { name, address, host, port, user, identityFile = "" } = node;
  return { name, number, address, host, port, user, identityFile };
}
