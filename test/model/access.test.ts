import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { inventoryYaml, knownHostsText, type SshHost, sshConfigText } from "../../model/access.ts";

const folder = mkdtempSync(join(tmpdir(), "access test 100% "));
afterAll(() => rmSync(folder, { recursive: true }));

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKHEChAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

const identityFile = join(folder, "id");
const knownHostsFile = join(folder, "known_hosts");

const primary: SshHost = {
  name: "primary",
  hostname: "gate-primary",
  address: "10.20.0.10",
  host: "10.20.0.10",
  port: 22,
  user: "root",
  identityFile,
};
const subnode: SshHost = {
  ...primary,
  name: "subnode-1",
  hostname: "gate-subnode-1",
  address: "fd20::12",
  host: "fd20::12",
  port: 2222,
};
/** A host with a public address, behind another, whose key the agent holds. */
const { identityFile: _ofPrimary, ...behind } = {
  ...primary,
  name: "subnode-2",
  hostname: "gate-subnode-2",
  address: "10.20.0.26",
  host: "203.0.113.26",
  user: "zuul",
  jump: { host: "bastion.example.org", port: 2200, user: "hop", hostKey: KEY },
};

/** A file of the test's folder with a text. */
function fileWith(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

describe("the SSH client's configuration, as ssh itself reads it", () => {
  const path = fileWith("ssh_config", sshConfigText({ hosts: [primary, subnode, behind], knownHostsFile }));

  /** What ssh makes of the configuration for a destination, as `key value` lines. */
  const resolved = (destination: string): readonly string[] =>
    execFileSync("ssh", ["-G", "-F", path, destination], { encoding: "utf8", stdio: "pipe" }).split("\n");

  test.each([
    ["primary", "10.20.0.10", "22", "gate-primary"],
    ["gate-subnode-1", "fd20::12", "2222", "gate-subnode-1"],
    ["fd20::12", "fd20::12", "2222", "gate-subnode-1"],
  ])("%s leads to %s", (destination, address, port, alias) => {
    expect(resolved(destination)).toEqual(
      expect.arrayContaining([
        `hostname ${address}`,
        `port ${port}`,
        `hostkeyalias ${alias}`,
        "user root",
        "stricthostkeychecking true",
        "batchmode yes",
      ]),
    );
  });

  test("files are found though their folder has blanks and a percent sign", () => {
    const lines = resolved("primary").join("\n");
    expect(lines.replaceAll("%%", "%")).toContain(`identityfile ${identityFile}`);
    expect(lines.replaceAll("%%", "%")).toContain(knownHostsFile);
  });

  test("a host behind another is reached through it, at its public address, with the agent's keys alone", () => {
    for (const name of ["subnode-2", "203.0.113.26", "10.20.0.26"]) {
      expect(resolved(name)).toEqual(
        expect.arrayContaining(["proxyjump jump", "hostname 203.0.113.26", "user zuul", "identityfile none"]),
      );
    }
    expect(resolved("jump")).toEqual(
      expect.arrayContaining(["hostname bastion.example.org", "port 2200", "user hop", "hostkeyalias jump"]),
    );
  });

  test("hosts behind one address are told apart by their names", () => {
    const nat = [primary, subnode].map((host) => ({ ...host, host: "203.0.113.1" }));
    fileWith("ssh_config.nat", sshConfigText({ hosts: nat, knownHostsFile }));
    const text = execFileSync("ssh", ["-G", "-F", join(folder, "ssh_config.nat"), "203.0.113.1"], { encoding: "utf8" });
    expect(text).not.toContain("hostkeyalias");
  });
});

describe("known hosts, as ssh-keygen reads them", () => {
  const hosts = [
    { ...primary, publicKey: `${KEY} root@primary` },
    { ...subnode, publicKey: `${KEY}\n` },
    { ...behind, publicKey: KEY },
  ];
  const path = fileWith("known_hosts", knownHostsText({ hosts }));

  test.each([
    "primary",
    "gate-primary",
    "10.20.0.10",
    "subnode-1",
    "[subnode-1]:2222",
    "[fd20::12]:2222",
    "203.0.113.26",
    "jump",
  ])("%s is known", (name) => {
    expect(execFileSync("ssh-keygen", ["-F", name, "-f", path], { encoding: "utf8" })).toContain(KEY);
  });
});

test("the inventory lists the nodes in their groups", () => {
  const text = inventoryYaml({
    sshConfig: "/somewhere/it's/ssh_config",
    hosts: [
      { ...primary, role: "primary", number: 0, publicAddress: null },
      { ...behind, role: "subnode", number: 2, publicAddress: "203.0.113.26" },
    ],
  });
  expect(parse(text)).toEqual({
    all: {
      vars: { ansible_ssh_common_args: "-F '/somewhere/it'\\''s/ssh_config'" },
      children: {
        primary: {
          hosts: {
            primary: {
              ansible_host: "10.20.0.10",
              ansible_port: 22,
              ansible_user: "root",
              node_number: 0,
              node_hostname: "gate-primary",
              underlay_address: "10.20.0.10",
              public_address: null,
            },
          },
        },
        subnodes: {
          hosts: {
            "subnode-2": {
              ansible_host: "203.0.113.26",
              ansible_port: 22,
              ansible_user: "zuul",
              node_number: 2,
              node_hostname: "gate-subnode-2",
              underlay_address: "10.20.0.26",
              public_address: "203.0.113.26",
            },
          },
        },
      },
    },
  });
});
