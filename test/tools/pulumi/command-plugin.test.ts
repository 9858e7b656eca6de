import { describe, expect, it } from "vitest";
import { pluginMissing, pluginPlaces } from "../../../tools/pulumi/command-plugin.ts";

describe("the command plugin", () => {
  it("is looked for in Pulumi's folder in the SDK's version, and on PATH", () => {
    expect(pluginPlaces("/home/of/pulumi", "/usr/bin::/opt/bin", "1.2.1")).toEqual([
      "/home/of/pulumi/plugins/resource-command-v1.2.1/pulumi-resource-command",
      "/usr/bin/pulumi-resource-command",
      "/opt/bin/pulumi-resource-command",
    ]);
  });

  it("that is missing is told with the stack, the reason, and both ways out", () => {
    const message = pluginMissing("gate", "1.2.1", "one\ntwo\nthree\nfour\nfive\nerror: no route to host\n");
    expect(message).toContain("stack gate runs devstack (devstack.run.stack: true)");
    expect(message).toContain("  error: no route to host");
    expect(message).not.toContain("  one");
    expect(message).toContain("pulumi plugin install resource command 1.2.1 --file");
    expect(message).toContain("`stack: false`");
  });
});
