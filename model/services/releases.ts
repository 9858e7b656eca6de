/** The OpenStack releases the service matrix knows. */

/** Releases in order of time; `today` is devstack's development branch. */
export const releases = [
  "kilo",
  "liberty",
  "mitaka",
  "newton",
  "ocata",
  "pike",
  "queens",
  "rocky",
  "stein",
  "train",
  "ussuri",
  "victoria",
  "wallaby",
  "today",
] as const;

export type Release = (typeof releases)[number];

/** Whether a text names a release of the matrix. */
export function isRelease(text: string): text is Release {
  return releases.some((release) => release === text);
}

/** A span of releases, both ends included; an open end reaches as far as the matrix. */
export interface ReleaseSpan {
  readonly from?: Release;
  readonly to?: Release;
}

/** Whether a release lies in a span. */
export function isWithin(release: Release, { from = "kilo", to = "today" }: ReleaseSpan): boolean {
  const position = releases.indexOf(release);
  return releases.indexOf(from) <= position && position <= releases.indexOf(to);
}

/**
 * The release of validated settings. Throws on any other text: `devstackViolations` refuses it with a message for users.
 */
export function knownRelease(text: string): Release {
  if (!isRelease(text)) throw new Error(`Release ${text} is not in the service matrix.`);
  return text;
}
