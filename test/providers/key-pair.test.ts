/** The generated key pair, read by OpenSSH's own program. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, describe, expect, it } from "vitest";
import { keyPair } from "../../providers/implementations/key-pair.ts";
import { PROJECT_PREFIX } from "../support/project.ts";

describe("a key pair", () => {
  const folder = mkdtempSync(join(tmpdir(), `${PROJECT_PREFIX}key-`));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("is one that ssh-keygen reads, with any length of comment", async () => {
    for (const comment of ["c", "gate", "devstack-multinode gate-bf554f", "x".repeat(100)]) {
      const { outs } = await keyPair.create({ comment });
      const file = join(folder, "key");
      writeFileSync(file, outs.privateKey);
      chmodSync(file, 0o600);
      const { stdout } = await execa("ssh-keygen", ["-y", "-f", file]);
      expect(stdout).toBe(outs.publicKey);
      rmSync(file);
    }
  });

  it("is another one every time, and stays the same when read", async () => {
    const [first, second] = [await keyPair.create({ comment: "c" }), await keyPair.create({ comment: "c" })];
    expect(first.outs.publicKey).not.toBe(second.outs.publicKey);
    expect((await keyPair.read(first.id, first.outs)).props).toEqual(first.outs);
    expect((await keyPair.diff(first.id, first.outs, { comment: "c" })).changes).toBe(false);
  });
});
