/** Builds Pulumi from its Go modules, where its download site is out of reach. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { execa } from "execa";
import { withProgress } from "../support/progress.ts";
import { projectFolder } from "../support/project.ts";
import { UserError } from "../support/user-error.ts";
import { compareVersions, parseVersion, pulumiVersion } from "./version.ts";

/** One program and the Go module of ours that pins what it is built from. */
interface Target {
  readonly program: string;
  /** Folder below `toolchain/` with go.mod and go.sum. */
  readonly module: string;
  readonly package: string;
  readonly linkerFlags: string;
}

const targets: readonly Target[] = [
  {
    program: "pulumi-language-nodejs",
    module: "language-nodejs",
    package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    linkerFlags: "-s -w",
  },
  {
    program: "pulumi",
    module: "pulumi",
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    // Without the version in it the program calls itself an alpha and refuses the SDK.
    linkerFlags: `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${pulumiVersion}`,
  },
];

/** Milliseconds for one program; measured 200 s on two cores with an empty cache. */
const BUILD_TIMEOUT_MS = 45 * 60_000;
/** Lines of the compiler's output that an error repeats. */
const ERROR_LINES = 15;
/** Where Go's own installation instructions put it, PATH or not. */
const GO_HOME = "/usr/local/go";

/** Builds all programs into `folder`, which exists. A build that was interrupted goes on from Go's cache. */
export async function buildPulumi(folder: string): Promise<void> {
  const go = await findGo();
  for (const target of targets) await build(go, target, join(folder, target.program));
}

async function build(go: string, target: Target, output: string): Promise<void> {
  let compiled = 0;
  let downloaded = 0;
  const tail: string[] = [];
  const detail = () =>
    [downloaded > 0 ? `${downloaded} modules downloaded` : "", `${compiled} packages compiled`]
      .filter((part) => part !== "")
      .join(", ");
  await withProgress(`building ${target.program} with Go`, detail, async () => {
    const args = ["build", "-v", "-buildvcs=false", "-ldflags", target.linkerFlags, "-o", output, target.package];
    const cwd = join(projectFolder, "toolchain", target.module);
    const child = execa(go, args, {
      cwd,
      stdin: "ignore",
      stdout: "ignore",
      buffer: false,
      reject: false,
      timeout: BUILD_TIMEOUT_MS,
    });
    for await (const line of createInterface({ input: child.stderr })) {
      if (line.startsWith("go: downloading ")) downloaded += 1;
      else if (/^[\w.]+(\/\S+)*$/.test(line)) compiled += 1;
      tail.push(line);
      if (tail.length > ERROR_LINES) tail.shift();
    }
    const result = await child;
    if (result.exitCode === 0) return;
    const reason = result.timedOut ? `took longer than ${BUILD_TIMEOUT_MS / 60_000} minutes` : "failed";
    throw new UserError(
      `building ${target.program} ${reason}; the last lines were:\n${tail.join("\n")}\nRun the same command again to resume.`,
    );
  });
}

/** The Go to build with; says how to install one where there is none, or none new enough. */
async function findGo(): Promise<string> {
  const needed = goVersionOf(readFileSync(join(projectFolder, "toolchain", "pulumi", "go.mod"), "utf8"));
  const fallback = join(GO_HOME, "bin", "go");
  const seen: string[] = [];
  for (const go of ["go", ...(existsSync(fallback) ? [fallback] : [])]) {
    // Inside the module's folder a Go that can fetch a newer one of itself does so, and reports that one.
    const cwd = join(projectFolder, "toolchain", "pulumi");
    const { exitCode, stdout, stderr } = await execa(go, ["env", "GOVERSION"], { cwd, reject: false });
    const version = exitCode === 0 ? parseVersion(stdout) : null;
    if (version !== null && compareVersions(version, needed.version) >= 0) return go;
    if (exitCode !== undefined) seen.push(`${go}: ${(stdout || stderr).trim()}`);
  }
  throw new UserError(goMissing(needed.text, seen));
}

/** The version a go.mod asks for. */
export function goVersionOf(goMod: string): { version: readonly [number, number, number]; text: string } {
  const text = /^go (\S+)$/m.exec(goMod)?.[1] ?? "";
  const version = parseVersion(text);
  if (version === null) throw new Error("toolchain/pulumi/go.mod has no go line");
  return { version, text };
}

/** The message for a machine without a fitting Go. */
export function goMissing(needed: string, seen: readonly string[]): string {
  const archive = `go${needed}.0.linux-${process.arch === "arm64" ? "arm64" : "amd64"}.tar.gz`;
  return [
    `expected Go ${needed} or newer to build Pulumi; given: ${seen.length > 0 ? seen.join("; ") : "no go on PATH"}.`,
    "Install one of these and run the same command again:",
    `  Go:     curl -fsSL https://go.dev/dl/${archive} | tar -C /usr/local -xz`,
    `  Pulumi: curl -fsSL https://get.pulumi.com | sh -s -- --version ${pulumiVersion}`,
  ].join("\n");
}
