/** Which Pulumi this project works with. */

/** The version that set-up installs: the newest whose Go module can be had (3.260.0's is not served), that of the npm packages. */
export const pulumiVersion = "3.259.0";

/** A version as numbers, most significant first. */
export type Version = readonly [number, number, number];

/** Oldest Pulumi that the program was written for: from here on the SDK and the CLI agree on Node.js 22 and later. */
const OLDEST: Version = [3, 249, 0];

/** Reads `v3.259.0`, `3.259.0-alpha.1` or `go1.26`; null for anything else. */
export function parseVersion(text: string): Version | null {
  const match = /^(?:v|go)?(\d+)\.(\d+)(?:\.(\d+))?/.exec(text.trim());
  if (match === null) return null;
  const [, major, minor, patch] = match;
  return [Number(major), Number(minor), Number(patch ?? 0)];
}

/** Negative, zero or positive, as `left` is older than, equal to or newer than `right`. */
export function compareVersions(left: Version, right: Version): number {
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
}

/** Whether a `pulumi` that reports this version can run the project: 3.249 or newer, not 4. */
export function isCompatible(text: string): boolean {
  const version = parseVersion(text);
  return version !== null && version[0] === OLDEST[0] && compareVersions(version, OLDEST) >= 0;
}
