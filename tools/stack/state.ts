/** Reads a stack's state as Pulumi exports it. Pure. */

/** A resource of a state, as far as the tools look at it. */
export interface RecordedResource {
  readonly type: string;
  /** Absent for components. */
  readonly id?: string;
  /** Whether it is the old half of a replacement. */
  readonly delete?: boolean;
  readonly inputs?: unknown;
  readonly outputs?: unknown;
}

/** All resources of a state; null, for a stack without one, has none. */
export function resourcesIn(state: string | null): readonly RecordedResource[] {
  const { deployment } = JSON.parse(state ?? "{}") as {
    deployment?: { resources?: readonly RecordedResource[] };
  };
  return deployment?.resources ?? [];
}

/** The resources of a type, without the old halves of replacements. */
export function resourcesOfType(state: string | null, type: string): readonly RecordedResource[] {
  return resourcesIn(state).filter((resource) => resource.type === type && resource.delete !== true);
}
