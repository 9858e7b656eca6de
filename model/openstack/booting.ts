/** How far servers are that a cloud makes, judged by what nova lists. */

/** Seconds that nova may take for its servers: what the plugin waits too (`create` of terraform-provider-openstack). */
const BOOT_SECONDS = 30 * 60;

/** Seconds without any change of any server after which those that are not there will not come: the plugin failed to ask. */
const ABSENCE_SECONDS = 40;

/**
 * The same once a server has failed, when Pulumi begins nothing any more. And how long a server that was there already at the
 * first look has to stay ACTIVE: the plugin may be about to delete it.
 */
const SETTLING_SECONDS = 5;

/** A server as nova lists it, as far as it is looked at. */
export interface ListedServer {
  readonly id: string;
  readonly name: string;
  /** `BUILD`, `ACTIVE`, `ERROR`, … */
  readonly status: string;
  readonly fault?: { readonly message?: string };
  readonly metadata?: Readonly<Record<string, string>>;
  /** `deleting` while it is. */
  readonly "OS-EXT-STS:task_state"?: string | null;
  /** When it first ran; null for one that never did. */
  readonly "OS-SRV-USG:launched_at"?: string | null;
}

/** A server that is waited for. */
export interface WantedServer {
  readonly node: string;
  /** The server's name in the cloud. */
  readonly name: string;
  /** Id of the one that it takes the place of. */
  readonly before?: string | undefined;
}

/** When servers are looked at. */
export interface Look {
  /** Seconds since the first look. */
  readonly seconds: number;
  /** Seconds since anything changed. */
  readonly quiet: number;
  /** Ids of the servers that were there at the first look. */
  readonly early: ReadonlySet<string>;
}

/** What a look at the servers says. */
export type BootVerdict =
  | { readonly kind: "wait" }
  /** Ids by node. */
  | { readonly kind: "active"; readonly ids: Readonly<Record<string, string>> }
  /** Some ended in ERROR before they ever ran. */
  | { readonly kind: "failed"; readonly failed: readonly { readonly node: string; readonly server: ListedServer }[] }
  /** Some do not come, for the reason. */
  | { readonly kind: "missing"; readonly nodes: readonly string[]; readonly reason: string };

type Progress =
  | { readonly kind: "absent" | "building" }
  | { readonly kind: "active"; readonly id: string }
  | { readonly kind: "failed"; readonly server: ListedServer };

/** Judges how far the wanted servers are. @param listed all servers of the stack */
export function judgeBoot(
  wanted: readonly WantedServer[],
  listed: readonly ListedServer[],
  { seconds, quiet, early }: Look,
): BootVerdict {
  const unsure = seconds < SETTLING_SECONDS ? early : new Set<string>();
  const overdue = quiet > ABSENCE_SECONDS;
  const all = wanted.map((server) => ({ node: server.node, progress: progressOf(server, listed, unsure, overdue) }));
  const nodes = (kind: Progress["kind"]): readonly string[] =>
    all.flatMap(({ node, progress }) => (progress.kind === kind ? [node] : []));
  const failed = all.flatMap(({ node, progress }) =>
    progress.kind === "failed" ? [{ node, server: progress.server }] : [],
  );
  const [absent, building] = [nodes("absent"), nodes("building")];
  if (failed.length + absent.length + building.length === 0) return { kind: "active", ids: idsOf(all) };
  if (building.length === 0 && failed.length > 0 && (absent.length === 0 || quiet > SETTLING_SECONDS)) {
    return { kind: "failed", failed };
  }
  if (building.length === 0 && overdue) {
    const reason = `the cloud has no server of it ${ABSENCE_SECONDS} s after it was to be made; the error of the server itself says why`;
    return { kind: "missing", nodes: absent, reason };
  }
  if (seconds > BOOT_SECONDS) {
    return {
      kind: "missing",
      nodes: [...building, ...absent],
      reason: `no ACTIVE server within ${BOOT_SECONDS / 60} min`,
    };
  }
  return { kind: "wait" };
}

function idsOf(all: readonly { readonly node: string; readonly progress: Progress }[]): Record<string, string> {
  return Object.fromEntries(
    all.flatMap(({ node, progress }) => (progress.kind === "active" ? [[node, progress.id]] : [])),
  );
}

/**
 * One that goes, or that failed after it had run, is about to be replaced: it is not the one that is waited for. Nor is the one before,
 * unless nothing takes its place for long: then it stays, whatever was to be another.
 */
function progressOf(
  { name, before }: WantedServer,
  listed: readonly ListedServer[],
  unsure: ReadonlySet<string>,
  overdue: boolean,
): Progress {
  const own = listed.filter((server) => server.name === name && !isGoing(server));
  const active = own.find(({ status, id }) => status === "ACTIVE" && (overdue || (id !== before && !unsure.has(id))));
  if (active !== undefined) return { kind: "active", id: active.id };
  const others = own.filter(({ id }) => id !== before);
  if (others.some(({ status }) => status !== "ERROR")) return { kind: "building" };
  const failed = others.find((server) => !server["OS-SRV-USG:launched_at"]);
  return failed === undefined ? { kind: "absent" } : { kind: "failed", server: failed };
}

function isGoing(server: ListedServer): boolean {
  return server["OS-EXT-STS:task_state"] === "deleting" || server.status === "DELETED";
}
