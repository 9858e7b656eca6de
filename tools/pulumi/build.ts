/** Builds Pulumi from its Go modules, where its download site is out of reach. */

import { join } from "node:path";
import { buildGoProgram, type GoProgram } from "../support/go.ts";
import { pulumiVersion } from "./version.ts";

/** Pulumi's own installer. */
const instead = `curl -fsSL https://get.pulumi.com | sh -s -- --version ${pulumiVersion}`;

const targets: readonly GoProgram[] = [
  {
    program: "pulumi-language-nodejs",
    module: "language-nodejs",
    package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    linkerFlags: "-s -w",
    instead,
  },
  {
    program: "pulumi",
    module: "pulumi",
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    // Without the version in it the program calls itself an alpha and refuses the SDK.
    linkerFlags: `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${pulumiVersion}`,
    instead,
  },
];

/** Builds all programs into `folder`, which exists. A build that was interrupted goes on from Go's cache. */
export async function buildPulumi(folder: string): Promise<void> {
  for (const target of targets) await buildGoProgram(target, join(folder, target.program));
}
