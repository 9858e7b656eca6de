/**
 * Keeps a package installation from starting or enabling services. Debian packages start theirs through a few
 * programs found on dpkg's PATH; a folder in front of that PATH holds stand-ins that do nothing. The machine's own
 * policy (/usr/sbin/policy-rc.d) is never touched.
 */

import { chmodSync, lstatSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { execa } from "execa";

/** Programs by which maintainer scripts start, stop and restart services. */
const starters: readonly string[] = ["invoke-rc.d", "deb-systemd-invoke", "service"];

/** dpkg's PATH as Debian policy expects it (section 6.1). */
const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Where systemd and sysvinit keep what is enabled. */
const enablingFolders: readonly string[] = [
  "/etc/systemd/system",
  ...["S", "2", "3", "4", "5"].map((level) => `/etc/rc${level}.d`),
];

/** Fills `folder` with the stand-ins and gives the PATH that dpkg is to use. */
export function pathWithoutServiceStart(folder: string): string {
  for (const name of starters) writeStandIn(join(folder, name), "#!/bin/sh\nexit 0\n");
  const systemctl = [
    "#!/bin/sh",
    "# Passes everything on, except what would start, stop or restart a unit.",
    'for word in "$@"; do',
    '  case "$word" in',
    "    *start|stop|reload|reload-or-*|isolate|kill) exit 0 ;;",
    "    --now) exit 0 ;;",
    "  esac",
    "done",
    `PATH=${systemPath}`,
    'exec systemctl "$@"',
    "",
  ].join("\n");
  writeStandIn(join(folder, "systemctl"), systemctl);
  return `${folder}:${systemPath}`;
}

function writeStandIn(path: string, script: string): void {
  writeFileSync(path, script);
  chmodSync(path, 0o755);
}

/** Every link by which a service is enabled now, as absolute paths. */
export function enablingLinks(): ReadonlySet<string> {
  const links = new Set<string>();
  const visit = (folder: string, depth: number): void => {
    for (const name of list(folder)) {
      const path = join(folder, name);
      const file = lstatSync(path, { throwIfNoEntry: false });
      if (file?.isSymbolicLink()) links.add(path);
      else if (file?.isDirectory() && depth > 0) visit(path, depth - 1);
    }
  };
  for (const folder of enablingFolders) visit(folder, 1);
  return links;
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Units and init scripts that are enabled by links of `after` which `before` has not. */
export function newlyEnabled(
  before: ReadonlySet<string>,
  after: ReadonlySet<string>,
): { readonly units: readonly string[]; readonly scripts: readonly string[] } {
  const added = [...after].filter((link) => !before.has(link));
  const units = added.filter((link) => link.startsWith("/etc/systemd/")).map((link) => basename(link));
  // Links that stop a service (K…) enable nothing.
  const scripts = added.flatMap((link) => /^\/etc\/rc.\.d\/S\d\d(.+)$/.exec(link)?.[1] ?? []);
  return { units: [...new Set(units)].sort(), scripts: [...new Set(scripts)].sort() };
}

/** Disables what the installation enabled, with the system's own tools; gives the names. */
export async function disableNew(before: ReadonlySet<string>): Promise<readonly string[]> {
  const { units, scripts } = newlyEnabled(before, enablingLinks());
  const env = { PATH: systemPath };
  // First the units: systemctl disables an init script of the same name along with one.
  if (units.length > 0) await execa("systemctl", ["disable", ...units], { env, reject: false, timeout: 60_000 });
  for (const script of scripts)
    await execa("update-rc.d", [script, "disable"], { env, reject: false, timeout: 60_000 });
  return [...units, ...scripts];
}
