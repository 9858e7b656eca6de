import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keepingTheRest, removeSalt, withoutSalt } from "../../../tools/stack/salt.ts";
import { projectFolder } from "../../../tools/support/project.ts";

const salt = "encryptionsalt: v1:abc=:v1:def:ghi==\n";
let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "salt-test-"));
  file = join(folder, "Pulumi.test.yaml");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("removeSalt", () => {
  it("takes the line out wherever it stands and keeps every other byte", () => {
    const line = fc.constantFrom(
      "config:",
      "  a: 1",
      "# encryptionsalt: no",
      "  encryptionsalt: nested",
      "",
      "\ttab \r",
    );
    fc.assert(
      fc.property(fc.array(line), fc.array(line), fc.boolean(), (before, after, newline) => {
        const head = before.map((text) => `${text}\n`).join("");
        const tail = after.join("\n") + (newline ? "\n" : "");
        expect(withoutSalt(head + salt + tail)).toBe(head + tail);
      }),
    );
  });

  it("keeps bytes that are no UTF-8", () => {
    const rest = Buffer.from([0x23, 0xff, 0xfe, 0x0a]);
    writeFileSync(file, Buffer.concat([rest, Buffer.from(salt)]));
    expect(removeSalt(file)).toBe(true);
    expect(readFileSync(file)).toEqual(rest);
    expect(removeSalt(file)).toBe(false);
  });
});

describe("keepingTheRest", () => {
  const written = '# mine\nconfig: { "devstack-multinode:flavor": neutron }';

  it("keeps the user's formatting where Pulumi adds a salt to its own", async () => {
    writeFileSync(file, written);
    await keepingTheRest(file, async () =>
      writeFileSync(file, `# mine\nconfig:\n  devstack-multinode:flavor: neutron\n${salt}`),
    );
    expect(readFileSync(file, "utf8")).toBe(`${written}\n${salt}`);
  });

  it("makes no file where there was none, and takes none from somebody else", async () => {
    await keepingTheRest(file, async () => writeFileSync(file, salt));
    expect(existsSync(file)).toBe(false);
    await keepingTheRest(file, async () => writeFileSync(file, written));
    expect(readFileSync(file, "utf8")).toBe(written);
  });

  it("keeps what somebody else wrote meanwhile", async () => {
    writeFileSync(file, written);
    const edited = `config: { "devstack-multinode:flavor": ironic }\n${salt}`;
    await keepingTheRest(file, async () => writeFileSync(file, edited));
    expect(readFileSync(file, "utf8")).toBe(edited);
  });
});

describe("the committed stack files", () => {
  it("carry no encryptionsalt", async () => {
    const args = ["grep", "--cached", "--files-with-matches", "^encryptionsalt:", "--", "Pulumi.*.yaml"];
    const { stdout, exitCode } = await execa("git", args, { cwd: projectFolder, reject: false });
    expect(stdout).toBe("");
    // 1: nothing found. 128: no repository, as in an unpacked archive, so nothing is committed either.
    expect([1, 128]).toContain(exitCode);
  });
});
