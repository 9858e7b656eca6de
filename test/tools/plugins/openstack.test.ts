import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findOpenstackPlugin, openstackPluginVersion, pluginFolder } from "../../../tools/plugins/openstack.ts";
import { projectFolder } from "../../../tools/support/project.ts";

const VERSION = "3.15.2";
const PROGRAM = "pulumi-resource-openstack";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "plugins-test-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function place(folder: string, content = "#!/bin/sh\n"): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, PROGRAM);
  writeFileSync(path, content, { mode: 0o755 });
  return path;
}

describe("findOpenstackPlugin", () => {
  it("takes the one of the npm package's version in Pulumi's folder, whoever put it there", () => {
    place(pluginFolder(home, "3.14.0"));
    expect(findOpenstackPlugin(home, "/bin", VERSION)).toBeNull();
    const installed = place(pluginFolder(home, VERSION));
    expect(findOpenstackPlugin(home, "/bin", VERSION)).toBe(installed);
  });

  it("takes one on PATH first, as Pulumi does", () => {
    place(pluginFolder(home, VERSION));
    const folder = join(home, "programs");
    const onPath = place(folder);
    expect(findOpenstackPlugin(home, `/bin:${folder}`, VERSION)).toBe(onPath);
  });

  it("takes neither an empty file nor one whose download by Pulumi did not end", () => {
    place(pluginFolder(home, VERSION), "");
    expect(findOpenstackPlugin(home, "/bin", VERSION)).toBeNull();
    place(pluginFolder(home, VERSION));
    writeFileSync(`${pluginFolder(home, VERSION)}.partial`, "");
    expect(findOpenstackPlugin(home, "/bin", VERSION)).toBeNull();
  });
});

it("asks for the plugin of the version that the lock file pins for the npm package", async () => {
  const manifest = await import(join(projectFolder, "package.json"), { with: { type: "json" } });
  expect(openstackPluginVersion()).toBe(manifest.default.dependencies["@pulumi/openstack"]);
});
