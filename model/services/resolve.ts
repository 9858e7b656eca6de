/** Resolves the service matrix for one node. */
import type { Role } from "../settings.ts";
import { defaultFeatures, grenade, matrix, otherServices } from "./matrix.ts";
import { isWithin, type Release } from "./releases.ts";

/** What the services of a node follow from. */
export interface ServiceRequest {
  readonly release: Release;
  readonly role: Role;
  /** Features beside the release's own. */
  readonly features: readonly string[];
  /** Features taken away, the release's own included. */
  readonly withoutFeatures?: readonly string[];
  readonly enable?: readonly string[];
  readonly disable?: readonly string[];
}

/** Names of all features, sorted. */
export const knownFeatures: readonly string[] = sorted([...matrix.map(({ feature }) => feature), grenade.feature]);

/** Names of all services, sorted. */
export const knownServices: readonly string[] = sorted([
  ...matrix.flatMap(({ changes }) =>
    Object.values(changes).flatMap(({ adds = [], removes = [] }) => [...adds, ...removes]),
  ),
  ...otherServices,
]);

/** Names of the features a release has, sorted. */
export function featuresOf(release: Release): readonly string[] {
  return sorted([...matrix.filter((row) => isWithin(release, row)).map(({ feature }) => feature), grenade.feature]);
}

/** The services of a node, sorted: all that features and the job add, without what any of them takes away. */
export function resolveServices(request: ServiceRequest): readonly string[] {
  const features = activeFeatures(request);
  const changes = matrix
    .filter((row) => features.has(row.feature) && isWithin(request.release, row))
    .flatMap(({ changes }) => changes[request.role] ?? []);
  const removed = new Set([
    ...changes.flatMap(({ removes = [] }) => removes),
    ...(features.has(grenade.feature) ? grenade.removesServices : []),
    ...(request.disable ?? []),
  ]);
  const added = [...changes.flatMap(({ adds = [] }) => adds), ...(request.enable ?? [])];
  return sorted(added.filter((service) => !removed.has(service)));
}

/** Every feature in force: the release's, the asked ones, less what the job and an upgrade take away. */
export function activeFeatures({ release, features, withoutFeatures = [] }: ServiceRequest): ReadonlySet<string> {
  const own = defaultFeatures.filter((entry) => isWithin(release, entry)).map(({ feature }) => feature);
  const asked = new Set([...own, ...features].filter((feature) => !withoutFeatures.includes(feature)));
  if (asked.has(grenade.feature)) for (const feature of grenade.removesFeatures) asked.delete(feature);
  return asked;
}

/** Whether nova-network can be had in a release: its nova adds n-net. */
export function hasNovaNetwork(release: Release): boolean {
  return resolveServices({ release, role: "primary", features: [] }).includes("n-net");
}

function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}
