/** Builds a program from Go modules, at the versions that a go.mod and go.sum of ours pin. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { execa } from "execa";
import { compareVersions, parseVersion } from "../pulumi/version.ts";
import { withProgress } from "./progress.ts";
import { projectFolder } from "./project.ts";
import { UserError } from "./user-error.ts";

/** One program and the Go module of ours that pins what it is built from. */
export interface GoProgram {
  readonly program: string;
  /** Folder below `toolchain/` with go.mod and go.sum. */
  readonly module: string;
  /** Import path of the program's package; `.` for the module's own. */
  readonly package: string;
  readonly linkerFlags: string;
  /** What spares the build, for those who cannot build: a line with the command. */
  readonly instead: string;
}

/** Milliseconds for one program; measured 200 s on two cores with an empty cache. */
const BUILD_TIMEOUT_MS = 45 * 60_000;
/** Lines of the compiler's output that an error repeats. */
const ERROR_LINES = 15;
/** Where Go's own installation instructions put it, PATH or not. */
const GO_HOME = "/usr/local/go";

/** Folder of a Go module of ours. */
export function moduleFolder(module: string): string {
  return join(projectFolder, "toolchain", module);
}

/** Builds a program into the file `output`. A build that was interrupted goes on from Go's cache. */
export async function buildGoProgram(target: GoProgram, output: string): Promise<void> {
  const go = await findGo(target);
  let compiled = 0;
  let downloaded = 0;
  const tail: string[] = [];
  const detail = () =>
    [downloaded > 0 ? `${downloaded} modules downloaded` : "", `${compiled} packages compiled`]
      .filter((part) => part !== "")
      .join(", ");
  await withProgress(`building ${target.program} with Go`, detail, async () => {
    const args = ["build", "-v", "-buildvcs=false", "-ldflags", target.linkerFlags, "-o", output, target.package];
    const child = execa(go, args, {
      cwd: moduleFolder(target.module),
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

/** The Go to build a program with; says how to install one where there is none, or none new enough. */
export async function findGo(target: Pick<GoProgram, "program" | "module" | "instead">): Promise<string> {
  // Inside the module's folder a Go that can fetch a newer one of itself does so, and reports that one.
  const cwd = moduleFolder(target.module);
  const needed = goVersionOf(readFileSync(join(cwd, "go.mod"), "utf8"));
  const fallback = join(GO_HOME, "bin", "go");
  const seen: string[] = [];
  for (const go of ["go", ...(existsSync(fallback) ? [fallback] : [])]) {
    const { exitCode, stdout, stderr } = await execa(go, ["env", "GOVERSION"], { cwd, reject: false });
    const version = exitCode === 0 ? parseVersion(stdout) : null;
    if (version !== null && compareVersions(version, needed.version) >= 0) return go;
    if (exitCode !== undefined) seen.push(`${go}: ${(stdout || stderr).trim()}`);
  }
  throw new UserError(goMissing(target, needed.text, seen));
}

/** The version a go.mod asks for. */
export function goVersionOf(goMod: string): { version: readonly [number, number, number]; text: string } {
  const text = /^go (\S+)$/m.exec(goMod)?.[1] ?? "";
  const version = parseVersion(text);
  if (version === null) throw new Error("expected a go.mod with a go line; given one without");
  return { version, text };
}

/** The message for a machine without a fitting Go. */
export function goMissing(
  { program, instead }: Pick<GoProgram, "program" | "instead">,
  needed: string,
  seen: readonly string[],
): string {
  const archive = `go${needed}.0.linux-${process.arch === "arm64" ? "arm64" : "amd64"}.tar.gz`;
  return [
    `expected Go ${needed} or newer to build ${program}; given: ${seen.length > 0 ? seen.join("; ") : "no go on PATH"}.`,
    "Run one of these, then the same command again:",
    `  curl -fsSL https://go.dev/dl/${archive} | tar -C /usr/local -xz`,
    `  ${instead}`,
  ].join("\n");
}
