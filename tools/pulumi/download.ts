/** Gets Pulumi from its download site, by the mechanism of the npm package `pulumi`. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { messageOf } from "../../providers/remote/error.ts";
import { projectFolder } from "../support/project.ts";
import { pulumiVersion } from "./version.ts";

/** Milliseconds to reach the site; beyond it counts as unreachable. */
const REACH_TIMEOUT_MS = 8_000;
/** Milliseconds for the download itself, about 150 MB. */
const DOWNLOAD_TIMEOUT_MS = 10 * 60_000;

/** The part of the npm package `pulumi` that installs the CLI; its file `lib/download.js`. */
interface Downloader {
  installCLI(
    version: string,
    root: string,
    io: { fetchText: (url: string) => Promise<string>; execScript: (script: string, args: string[]) => void },
  ): Promise<void>;
}

/** What came of a download: the folder with the programs, or why there is none. */
export type DownloadResult = { readonly folder: string } | { readonly failure: string };

/** Downloads Pulumi into a new folder under `parent`. Never throws: where the site is out of reach there is another way. */
export async function downloadPulumi(parent: string): Promise<DownloadResult> {
  const require = createRequire(join(projectFolder, "package.json"));
  const package_ = dirname(require.resolve("pulumi/package.json"));
  const { installCLI } = require(join(package_, "lib", "download.js")) as Downloader;
  mkdirSync(parent, { recursive: true });
  const root = mkdtempSync(join(parent, ".download-"));
  const fetchText = async (url: string): Promise<string> => {
    const response = await fetch(url, { signal: AbortSignal.timeout(REACH_TIMEOUT_MS) });
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    return await response.text();
  };
  const execScript = (script: string, args: string[]): void => {
    // The installer's words belong to stderr, as all progress does; it may neither ask nor run for ever.
    execFileSync("/bin/sh", [script, ...args], { stdio: ["ignore", 2, 2], timeout: DOWNLOAD_TIMEOUT_MS });
  };
  try {
    await installCLI(pulumiVersion, root, { fetchText, execScript });
    return { folder: join(root, "bin") };
  } catch (error) {
    return { failure: reasonOf(error) };
  }
}

/** `fetch failed` says nothing; its cause does. */
function reasonOf(error: unknown): string {
  return error instanceof Error && error.cause instanceof Error ? error.cause.message : messageOf(error);
}
