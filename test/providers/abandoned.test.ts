/** Which nodes a stack's file gives up, as the providers read it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isAbandoned, mindingAbandoned } from "../../providers/abandoned.ts";

const files = {
  "my-stack": "config:\n  devstack-multinode:nodes: { inventory: { abandon: [subnode-2] } }\n",
  broken: "config: [ abandon\n",
  odd: "config:\n  devstack-multinode:nodes: { inventory: { abandon: { subnode-2: 1 } } }\n",
};

describe("abandoned nodes", () => {
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

  it("are those of the stack's own file, for the work on its objects alone", async () => {
    const look = async (environment: string | undefined, node: string) =>
      await mindingAbandoned(environment, async () => await Promise.resolve().then(() => isAbandoned(node)));
    expect(await look("my-stack-a1b2c3", "subnode-2")).toBe(true);
    expect(await look("my-stack-a1b2c3", "subnode-1")).toBe(false);
    expect(await look("other-a1b2c3", "subnode-2")).toBe(false);
    expect(await look(undefined, "subnode-2")).toBe(false);
    expect(isAbandoned("subnode-2")).toBe(false);
  });

  it("are none where the file cannot be read as it should", async () => {
    for (const stack of ["broken", "odd"])
      expect(await mindingAbandoned(`${stack}-a1b2c3`, () => isAbandoned("subnode-2"))).toBe(false);
  });
});
