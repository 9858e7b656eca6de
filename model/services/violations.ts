/** What a job may ask of the service matrix: names it knows. */
import { nearest } from "../schema/nearest.ts";
import { assignment } from "../schema/write.ts";
import type { Audience, DevstackSettings, Settings, Switches } from "../settings.ts";
import type { Violation } from "../violation.ts";
import { isRelease, releases } from "./releases.ts";
import { featuresOf, knownFeatures, knownServices } from "./resolve.ts";

const audiences: readonly Audience[] = ["all", "primary", "subnode"];

/** Releases, features and services that the matrix does not know, each with the known ones and the nearest. */
export function matrixViolations({ devstack }: Settings): readonly Violation[] {
  const { release, grenade } = devstack;
  return [
    ...releaseViolations(release, ["devstack", "release"]),
    ...(grenade === undefined
      ? []
      : (["base", "target"] as const).flatMap((end) => releaseViolations(grenade[end], ["devstack", "grenade", end]))),
    ...switchViolations(devstack, "features", knownFeatures, "features of the service matrix"),
    ...missingFeatures(devstack),
    ...switchViolations(devstack, "services", servicesOf(devstack), "services of the service matrix or a plugin"),
  ];
}

function releaseViolations(given: string, path: readonly string[]): readonly Violation[] {
  if (isRelease(given)) return [];
  return [
    {
      path: path.join("."),
      expected: `one of the releases ${releases.join(", ")}`,
      given,
      write: assignment(path, nearest(given, releases) ?? releases.at(-1)),
    },
  ];
}

function switchViolations(
  devstack: DevstackSettings,
  key: "features" | "services",
  known: readonly string[],
  what: string,
): readonly Violation[] {
  const unknown = [...new Set(switchedNames(devstack[key]).filter((name) => !known.includes(name)))];
  if (unknown.length === 0) return [];
  const mended = mapNames(devstack[key], (name) => (known.includes(name) ? name : nearest(name, known)));
  return [
    {
      path: `devstack.${key}`,
      expected: `${what}: ${known.join(", ")}`,
      given: unknown.map((name) => withNearest(name, nearest(name, known))).join("; "),
      write: assignment(["devstack", key], switchesText(mended)),
    },
  ];
}

/** Features that exist, but not in the release. */
function missingFeatures({ release, features }: DevstackSettings): readonly Violation[] {
  if (!isRelease(release)) return [];
  const has = featuresOf(release);
  const isMissing = (name: string): boolean => knownFeatures.includes(name) && !has.includes(name);
  const missing = [...new Set(audiences.flatMap((audience) => features.enable[audience]).filter(isMissing))];
  if (missing.length === 0) return [];
  const mended = mapNames(features, (name) => (isMissing(name) ? undefined : name));
  return [
    {
      path: "devstack.features",
      expected: `features of release ${release}: ${has.join(", ")}`,
      given: missing.join(", "),
      write: assignment(["devstack", "features"], switchesText(mended)),
    },
  ];
}

function servicesOf({ plugins = [] }: DevstackSettings): readonly string[] {
  return [...new Set([...knownServices, ...plugins.flatMap(({ services = [] }) => services)])].sort();
}

function withNearest(name: string, near: string | undefined): string {
  return near === undefined ? name : `${name} (did you mean ${near}?)`;
}

function switchedNames({ enable, disable }: Switches): readonly string[] {
  return audiences.flatMap((audience) => [...enable[audience], ...disable[audience]]);
}

/** The switches with every name replaced; undefined drops it. */
function mapNames({ enable, disable }: Switches, rename: (name: string) => string | undefined): Switches {
  const renamed = (names: Switches["enable"]): Switches["enable"] => {
    const list = (audience: Audience): readonly string[] => names[audience].flatMap((name) => rename(name) ?? []);
    return { all: list("all"), primary: list("primary"), subnode: list("subnode") };
  };
  return { enable: renamed(enable), disable: renamed(disable) };
}

/** Switches as a user writes them: without what is empty. */
function switchesText(switches: Switches): unknown {
  const ways = Object.entries(switches).map(([way, names]: [string, Switches["enable"]]) => [
    way,
    Object.fromEntries(Object.entries(names).filter(([, list]) => list.length > 0)),
  ]);
  return Object.fromEntries(ways.filter(([, names]) => Object.keys(names as object).length > 0));
}
