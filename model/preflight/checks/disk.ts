/** Free space where something is written. */
import type { Expectations } from "../expectations.ts";
import type { Check } from "./check.ts";

const MIB = 2 ** 20;

/** Bytes for configuration files, records and the package of Open vSwitch. */
const FILES = 100 * MIB;

/** Bytes that devstack's checkouts, packages and images take on the smallest node; with less its first run is in vain. */
const DEVSTACK = 4 * 1024 * MIB;

/** Folders whose file systems are written to. */
export function writtenFolders({ home }: Expectations): readonly string[] {
  return ["/etc", "/var/lib", "/tmp", home];
}

/** Judges each folder's file system by itself, where the host told how much of it is free. */
export const disk: Check = ({ facts, expectations }) =>
  writtenFolders(expectations).flatMap((folder) => {
    // What devstack takes, a run that was there before has taken.
    const isForDevstack = folder === expectations.home && expectations.runsDevstack && !facts.hasRunDevstack;
    const needed = isForDevstack ? DEVSTACK : FILES;
    const free = facts.free[folder];
    if (free === undefined || free >= needed) return [];
    return [
      {
        subject: `disk space at ${folder}`,
        expected: `at least ${mebibytes(needed)} free`,
        given: mebibytes(free),
        remedy: "make room on the host, or use a larger disk",
      },
    ];
  });

function mebibytes(bytes: number): string {
  return `${Math.floor(bytes / MIB)} MiB`;
}
