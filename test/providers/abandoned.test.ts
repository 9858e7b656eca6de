/** Which nodes a stack's file gives up, as the providers read it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { isAbandoned, isRemade, jumpHostKey, mindingAbandoned } from "../../providers/abandoned.ts";

const files = {
  "my-stack": "config:\n  devstack-multinode:nodes: { inventory: { abandon: [subnode-2] } }\n",
  broken: "config: [ abandon\n",
  odd: "config:\n  devstack-multinode:nodes: { inventory: { abandon: { subnode-2: 1 } } }\n",
};

/** Keys of a host, before and after it was made anew. */
const [OLD, NEW] = ["ssh-ed25519 AAAAOLD", "ssh-ed25519 AAAANEW"];

const before = process.cwd();
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "abandoned-"));
  for (const [stack, text] of Object.entries(files)) writeFileSync(join(folder, `Pulumi.${stack}.yaml`), text);
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true, force: true });
});

describe("abandoned nodes", () => {
  it("are those of the stack's own file, for the work on its objects alone", async () => {
    const look = async (environment: string | undefined, node: string) =>
      await mindingAbandoned(environment, async () => await Promise.resolve().then(() => isAbandoned(node)));
    expect(await look("my-stack-a1b2c3", "subnode-2")).toBe(true);
    expect(await look("my-stack-a1b2c3", "subnode-1")).toBe(false);
    expect(await look("other-a1b2c3", "subnode-2")).toBe(false);
    expect(await look(undefined, "subnode-2")).toBe(false);
    expect(isAbandoned("subnode-2")).toBe(false);
  });

  it("are those, too, that one run gives up, also without a file", async () => {
    vi.stubEnv("MULTINODE_ABANDON", "primary,subnode-2");
    try {
      const look = async (node: string) => await mindingAbandoned("gone-a1b2c3", () => isAbandoned(node));
      expect([await look("primary"), await look("subnode-1"), await look("subnode-2")]).toEqual([true, false, true]);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it("are none where the file cannot be read as it should", async () => {
    for (const stack of ["broken", "odd"])
      expect(await mindingAbandoned(`${stack}-a1b2c3`, () => isAbandoned("subnode-2"))).toBe(false);
  });
});

/** A stack's file with existing hosts, beside files that it names. */
function hostsFile(stack: string, inventory: object, texts: Readonly<Record<string, string>> = {}): void {
  const nodes = { backend: "inventory", inventory };
  const config = { "devstack-multinode:nodes": nodes };
  writeFileSync(join(folder, `Pulumi.${stack}.yaml`), JSON.stringify({ config }));
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text);
}

describe("a host that was made anew on purpose", () => {
  const listed = { address: "10.0.0.5", port: 2222 };
  const known = { host: "10.0.0.5", port: 2222 };
  const yaml = (key: string) => `primary: { hosts: { 10.0.0.5: { ansible_port: 2222, host_key: ${key} } } }\n`;
  const secret = { privateKey: { secure: "v1:AAAA" } };

  it.each([
    ["the configuration", { hosts: [{ ...listed, hostKey: NEW }], ...secret }, {}],
    ["an inventory in YAML", { file: "hosts.yaml", user: "zuul" }, { "hosts.yaml": yaml(NEW) }],
    ["an inventory in INI", { file: "hosts" }, { hosts: `[primary]\n10.0.0.5 ansible_port=2222 host_key="${NEW}"\n` }],
    [
      "known_hosts, beside a nodepool folder",
      { nodepool: ".", port: 2222, knownHosts: "known" },
      { primary_node_private: "10.0.0.5\n", known: `[10.0.0.5]:2222 ${NEW}\n` },
    ],
  ])("is known by its key in %s", async (_where, inventory, texts) => {
    const stack = `remade-${Object.keys(inventory).join("-")}-${Object.keys(texts).join("-").replaceAll(".", "-")}`;
    hostsFile(stack, inventory, texts);
    const look = async (hostKey: string, more = {}) =>
      await mindingAbandoned(`${stack}-a1b2c3`, () => isRemade({ ...known, hostKey, ...more }));
    expect(await look(OLD)).toBe(true);
    expect(await look(NEW)).toBe(false);
    expect(await look("ssh-rsa AAAARSA"), "a key of another type").toBe(false);
    expect(await look(OLD, { port: 22 }), "another host").toBe(false);
  });

  it("is another way to the same nodes where it is the jump host", async () => {
    hostsFile("jumping", { hosts: [listed], jump: { host: "jump.example.org", user: "ci", hostKey: NEW } });
    const look = async (host: string) =>
      await mindingAbandoned("jumping-a1b2c3", () => jumpHostKey({ host, port: 22, hostKey: OLD }));
    expect(await look("jump.example.org")).toBe(NEW);
    expect(await look("old-jump.example.org")).toBe(OLD);
  });
});
