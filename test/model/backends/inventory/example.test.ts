import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { LocalFiles } from "../../../../model/local-files.ts";
import { parseSettings, type RawConfig } from "../../../../model/schema/index.ts";
import { projectFolder } from "../../../../tools/support/project.ts";

const example = readFileSync(join(projectFolder, "Pulumi.hosts.yaml"), "utf8");

/** A machine with the files that the example names. */
const texts: Readonly<Record<string, string>> = {
  "/etc/nodepool/primary_node_private": "10.0.0.4\n",
  "/etc/nodepool/sub_nodes_private": "10.0.0.5\n",
  "inventory.yaml": "primary: { hosts: { 10.0.0.4: null } }\nsubnodes: { hosts: { 10.0.0.5: null } }\n",
  "~/.ssh/id_ed25519": "",
  "~/.ssh/known_hosts": ["10.0.0.4", "10.0.0.5", "203.0.113.4", "203.0.113.5", "jump.example.org"]
    .map((name) => `${name} ssh-ed25519 AAAA\n`)
    .join(""),
};
const files: LocalFiles = {
  absolute: (path) => path,
  text: (path) => texts[path],
  isThere: (path) => path in texts,
  isReadable: (path) => path in texts,
};

/** The settings of the example after the comment was taken from lines that hold one of these keys, and what is in them. */
function settingsWith(...keys: readonly string[]) {
  const lines = example.split("\n").map((line) => {
    const bare = line.replace(/^( +)# (?= *(\w+:|- \{))/, "$1");
    const isWanted =
      keys.some((key) => bare.trim().startsWith(`${key}:`)) || (keys[0] === "hosts" && /- \{/.test(bare));
    return isWanted ? bare : line;
  });
  const { config } = parse(lines.join("\n")) as { config: Record<string, unknown> };
  const entries = Object.entries(config).map(([key, value]) => [key.replace("devstack-multinode:", ""), value]);
  return parseSettings("hosts", Object.fromEntries(entries) as RawConfig, files);
}

describe("the example of existing hosts", () => {
  test("is refused as it stands, with what is missing", () => {
    expect(() => settingsWith()).toThrow(/nodes\.inventory\.hosts\n +expected +at least one host/);
  });

  test.each(["hosts", "nodepool", "file"])("is right with the comment taken from %s", (way) => {
    for (const login of [[], ["identityFile"], ["identityFile", "knownHosts", "jump"]]) {
      const { nodes } = settingsWith(way, ...login);
      expect(nodes.backend === "inventory" && nodes.inventory.hosts.map(({ address }) => address)).toEqual([
        "10.0.0.4",
        "10.0.0.5",
      ]);
    }
  });
});
