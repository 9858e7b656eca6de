import { join } from "node:path";
import { execa } from "execa";
import { expect, it } from "vitest";
import { openstackPlugin, openstackPluginVersion } from "../../tools/plugins/openstack.ts";
import { findGo, moduleFolder } from "../../tools/support/go.ts";
import { projectFolder } from "../../tools/support/project.ts";

it("builds a plugin whose types and properties have the names of the npm package", async () => {
  const target = openstackPlugin(openstackPluginVersion());
  const result = await execa(await findGo(target), ["test", "-buildvcs=false", "./..."], {
    cwd: moduleFolder(target.module),
    env: { OPENSTACK_SDK: join(projectFolder, "node_modules", "@pulumi", "openstack") },
    all: true,
    reject: false,
  });
  expect(result.exitCode, result.all).toBe(0);
});
