/** The services of a node's local.conf: the matrix for the release, the flavor and the job. */
import { flavors } from "../flavors/index.ts";
import { knownRelease } from "../services/releases.ts";
import { activeFeatures, resolveServices, type ServiceRequest } from "../services/resolve.ts";
import type { Audience, Role, Settings, Switches } from "../settings.ts";
import type { LocalConfPart } from "./part.ts";

/** Services of a node of a role, sorted; `parts` may switch some on and off beside features and job. */
export function nodeServices(settings: Settings, role: Role, parts: readonly LocalConfPart[]): readonly string[] {
  const { services, plugins = [] } = settings.devstack;
  return resolveServices({
    ...featureRequest(settings, role),
    enable: [
      ...parts.flatMap(({ enableServices = [] }) => enableServices),
      ...plugins.flatMap((plugin) => plugin.services ?? []),
      ...switched(services, "enable", role),
    ],
    disable: [...parts.flatMap(({ disableServices = [] }) => disableServices), ...switched(services, "disable", role)],
  });
}

/** Whether a node of a role has a feature. */
export function hasFeature(settings: Settings, role: Role, feature: string): boolean {
  return activeFeatures(featureRequest(settings, role)).has(feature);
}

function featureRequest({ flavor, devstack }: Settings, role: Role): ServiceRequest {
  const { release, features } = devstack;
  return {
    release: knownRelease(release),
    role,
    features: [...flavors[flavor].features, ...switched(features, "enable", role)],
    withoutFeatures: switched(features, "disable", role),
  };
}

/** What a job switches on or off for a node of a role: its words for all nodes and for the role. */
export function switched(switches: Switches, way: keyof Switches, role: Role): readonly string[] {
  const audiences: readonly Audience[] = ["all", role];
  return audiences.flatMap((audience) => switches[way][audience]);
}
