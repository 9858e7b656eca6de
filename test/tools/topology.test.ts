import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { projectFolder } from "../../tools/support/project.ts";
import { testStack } from "../support/stack.ts";

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

describe("npm run topology of a stack of existing hosts", { timeout: 60_000 }, () => {
  const hosts = [{ address: "192.0.2.4" }, { address: "192.0.2.5" }];
  const nodes = { backend: "inventory", inventory: { hosts } } as const;
  const stack = testStack({ nodes });

  it("says that the MTU comes with up, then the one of the last up, and the one that the configuration asks for", async () => {
    const { name } = stack();
    const planned = await stack().tool("topology", name);
    expect(planned.stdout, planned.stderr).toMatch(/MTU known after up.*192\.0\.2\.5.*172\.24\.4\.2\/23/s);

    await stack().run("pulumi", ["stack", "import", "--stack", name], deployedWith({ name, mtu: 8950 }));
    const deployed = await stack().tool("topology", name);
    expect(deployed.stdout, deployed.stderr).toMatch(/MTU 8950.*192\.0\.2\.5/s);

    stack().configure({ nodes, overlay: { mtu: 1400 } });
    expect((await stack().tool("topology", name)).stdout).toContain("MTU 1400");
  });

  it("is drawn without its state where that cannot be read, and says so", async () => {
    const { name, project } = stack();
    stack().configure({ nodes });
    const environment = { ...project.environment, PULUMI_BACKEND_URL: `file://${join(project.folder, "nowhere")}` };
    const tool = join(project.folder, "tools", "topology.ts");
    const drawn = await execa(process.execPath, [tool, name], { env: environment, extendEnv: false, reject: false });
    expect(drawn).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/MTU known after up.*192\.0\.2\.5/s) });
    expect(drawn.stderr).toContain(`the state of stack ${name} cannot be read`);
  });
});

/** A state whose stack has an overlay of an MTU among its outputs, as `pulumi stack import` reads it. */
function deployedWith({ name, mtu }: { readonly name: string; readonly mtu: number }): string {
  const type = "pulumi:pulumi:Stack";
  const urn = `urn:pulumi:${name}::devstack-multinode::${type}::devstack-multinode-${name}`;
  const resources = [{ urn, type, custom: false, outputs: { overlays: [{ bridge: "br-ex", mtu }] } }];
  return JSON.stringify({ version: 3, deployment: { manifest: {}, resources } });
}
