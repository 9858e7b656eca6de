/** The two local.conf files of an upgrade job: grenade deploys the old one, and upgrades to the new one. */
import type { LocalConfContext } from "../flavors/flavor.ts";
import { grenade } from "../services/matrix.ts";
import type { Settings } from "../settings.ts";
import { localConf } from "./assemble.ts";
import { devstackHome } from "./base.ts";
import type { LocalConfDocument } from "./document.ts";
import type { LocalConfPart } from "./part.ts";

/** A node's files of an upgrade job, each for a devstack in a folder of its name. */
export interface GrenadePair {
  /** The base release, phase `base`. */
  readonly old: LocalConfDocument;
  /** The target release, phase `target`. */
  readonly new: LocalConfDocument;
}

/** The pair for one node, or undefined when the stack is no upgrade job. Throws as `localConf` does. */
export function grenadeLocalConfs(context: LocalConfContext): GrenadePair | undefined {
  const releases = context.settings.devstack.grenade;
  if (releases === undefined) return undefined;
  return {
    old: localConf(withRelease(context, releases.base), phasePart("base", "old")),
    new: localConf(withRelease(context, releases.target), phasePart("target", "new")),
  };
}

/** The settings of one side of the upgrade: its release, and the services an upgrade goes without. */
export function grenadeSettings(settings: Settings, release: string): Settings {
  const { devstack } = settings;
  const { enable } = devstack.features;
  const features = { ...devstack.features, enable: { ...enable, all: [...enable.all, grenade.feature] } };
  return { ...settings, devstack: { ...devstack, release, features } };
}

function withRelease(context: LocalConfContext, release: string): LocalConfContext {
  return { ...context, settings: grenadeSettings(context.settings, release) };
}

/** Each side has its own code; the data is what the upgrade keeps. */
function phasePart(phase: "base" | "target", folder: keyof GrenadePair): LocalConfPart {
  return {
    localrc: { GRENADE_PHASE: phase, DEST: `${devstackHome}/${folder}`, DATA_DIR: `${devstackHome}/data` },
  };
}
