/** From the raw configuration of a stack to its settings, or to everything that is wrong with it. */
import { nodesWithFiles } from "../backends/index.ts";
import type { Flavor } from "../flavors/flavor.ts";
import { flavors } from "../flavors/index.ts";
import { type LocalFiles, noFiles } from "../local-files.ts";
import type { Settings } from "../settings.ts";
import { ConfigError, type Violation } from "../violation.ts";
import { meaningChecks } from "./checks/index.ts";
import { NEWEST_RELEASE } from "./devstack.ts";
import { type Fault, findFaults, mend } from "./faults.ts";
import { chosenBackend, configShape } from "./shape.ts";
import { pathText } from "./write.ts";

export { ConfigError } from "../violation.ts";

/** The values of a stack's configuration keys as Pulumi gives them; undefined where a key is not set. */
export type RawConfig = Readonly<Record<"flavor" | "nodes" | "overlay" | "devstack" | "verify", unknown>>;

/**
 * The settings that a configuration means, with every default filled in.
 * @param stack Name of the Pulumi stack.
 * @param files This machine's files, for configurations that name some.
 * @throws ConfigError with all violations, of shape and of meaning, in the configuration and in the files it names.
 */
export function parseSettings(stack: string, raw: RawConfig, files: LocalFiles = noFiles): Settings {
  const given = Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== undefined));
  const shape = configShape(chosenBackend(given));
  const faults = findFaults(shape, given);
  const mended = shape.safeParse(mend(given, faults));
  const settings = mended.success ? completed(stack, mended.data, files) : undefined;
  const violations = [
    ...faults.map(({ violation }) => violation),
    ...(settings === undefined ? [] : meaningViolations(settings, faults)),
  ];
  if (settings === undefined || violations.length > 0) {
    throw new ConfigError(`The configuration of stack "${stack}"`, violations);
  }
  return settings;
}

/** Fills in what depends on other settings. */
function completed(
  stack: string,
  { overlay, devstack, nodes, ...parsed }: ReturnType<ReturnType<typeof configShape>["parse"]>,
  files: LocalFiles,
): Settings {
  const flavor: Flavor = flavors[parsed.flavor];
  return {
    stack,
    ...parsed,
    nodes: nodesWithFiles(nodes, files),
    overlay: { ...overlay, layout: overlay.layout ?? flavor.defaultLayout ?? "direct" },
    devstack: { ...devstack, release: devstack.release ?? flavor.defaultRelease ?? NEWEST_RELEASE },
  };
}

/** What the mended settings still break, as far as it can be judged without the values that were faulty. */
function meaningViolations(settings: Settings, faults: readonly Fault[]): readonly Violation[] {
  const broken = faults.map(({ path }) => pathText(path));
  const isSound = (path: string): boolean => !broken.some((other) => within(path, other) || within(other, path));
  const violations: Violation[] = [];
  for (const check of meaningChecks) {
    if (check.reads(settings).every(isSound)) {
      const isNew = ({ path }: Violation): boolean =>
        check.yields !== true || violations.every((other) => other.path !== path);
      violations.push(...check.find(settings).filter((found) => isSound(found.path) && isNew(found)));
    }
  }
  return violations;
}

/** Whether a path lies at or under another. */
function within(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`);
}
