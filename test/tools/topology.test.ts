import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { projectFolder } from "../../tools/support/project.ts";

/** Runs the tool without a Pulumi, a passphrase or a state in its environment. */
function topology(...args: string[]) {
  const tool = join(projectFolder, "tools", "topology.ts");
  return execa(process.execPath, [tool, ...args], { env: { PATH: "/nowhere" }, extendEnv: false, reject: false });
}

describe("npm run topology", { timeout: 30_000 }, () => {
  it("draws a stack that was never deployed, as text and as Mermaid", async () => {
    const [text, mermaid] = await Promise.all([
      topology("neutron-dvr"),
      topology("neutron-dvr", "--format", "mermaid"),
    ]);
    expect(text.stdout, text.stderr).toMatch(/br-ex.*subnode-2.*172\.24\.4\.3\/23/s);
    expect(mermaid.stdout, mermaid.stderr).toMatch(/^flowchart LR\n.*"vxlan 1000003"/s);
  });

  it("names the nearest stack and format without a stack trace", async () => {
    const stack = await topology("neutron-drv");
    expect(stack).toMatchObject({ exitCode: 1, stdout: "" });
    expect(stack.stderr).toMatch(/^stack: expected one of .*; given: neutron-drv; did you mean neutron-dvr\?$/);
    const format = await topology("gate", "--format", "mermaids");
    expect(format.stderr).toContain("--format: expected one of text, mermaid; given: mermaids; did you mean mermaid?");
  });
});
