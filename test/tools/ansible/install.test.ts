import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { ansibleFolder, ensureAnsible, isNewEnough } from "../../../tools/ansible/install.ts";

/** Milliseconds for the download of a machine that has no Ansible yet. */
const TIMEOUT_MS = 300_000;

describe("the set-up of Ansible", () => {
  it.each([
    [[3, 10], false],
    [[3, 11], true],
    [[3, 13], true],
    [[2, 12], false],
    [[4, 0], true],
  ])("takes Python %j: %s", (version, expected) => expect(isNewEnough(version)).toBe(expected));

  it("keeps each list of versions apart, so that a new one is installed anew", () =>
    expect(ansibleFolder("ansible-core==1")).not.toBe(ansibleFolder("ansible-core==2")));

  it("gives the pinned Ansible, and two at once share one", { timeout: TIMEOUT_MS }, async () => {
    const [one, other] = await Promise.all([ensureAnsible("core"), ensureAnsible("core")]);
    expect(one).toBe(other);
    const env = { LC_ALL: "C.UTF-8" };
    const { stdout } = await execa(join(one, "ansible-playbook"), ["--version"], { env });
    expect(stdout).toContain("[core 2.19.14]");
  });
});
