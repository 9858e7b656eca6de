/** `npm run setup`: everything this machine needs, and nothing twice. */
import { ensurePackages } from "./packages/install.ts";
import { type Purpose, purposes, requiredPackages } from "./packages/required.ts";
import { ensureOpenstackPlugin } from "./plugins/openstack.ts";
import { ensurePulumi } from "./pulumi/install.ts";
import type { FoundPulumi } from "./pulumi/locate.ts";
import { readArguments } from "./support/arguments.ts";
import { runTool } from "./support/run-tool.ts";

/** Sets this machine up for one kind of node backend; gives the Pulumi to use. */
export async function setUp(purpose: Purpose): Promise<FoundPulumi> {
  // Packages first: a machine that lacks them is told at once, not after a long build.
  await ensurePackages(purpose);
  const pulumi = await ensurePulumi();
  if (purpose === "openstack") await ensureOpenstackPlugin(pulumi);
  return pulumi;
}

async function main(args: readonly string[]): Promise<number> {
  const usage = `npm run setup [-- --for ${purposes.join("|")}]`;
  const { choices } = readArguments(args, { usage, choices: { for: purposes } });
  const purpose = purposes.find((known) => known === choices.for) ?? "lab";
  const pulumi = await setUp(purpose);
  const packages = requiredPackages[purpose].map(({ name }) => name).join(" ");
  process.stdout.write(
    [
      `Node.js ${process.versions.node}   ${process.execPath}`,
      `Pulumi ${pulumi.version}   ${pulumi.folder}`,
      ...(purpose === "openstack" ? [`plugin for OpenStack   ${await ensureOpenstackPlugin(pulumi)}`] : []),
      `packages for ${purpose}   ${packages}`,
      'For plain pulumi commands:   eval "$(npm run -s env)"',
      "",
    ].join("\n"),
  );
  return 0;
}

if (import.meta.main) await runTool(main);
