/** Servers while nova makes them: until each is ACTIVE, or why it is not. */
import { setTimeout as pause } from "node:timers/promises";
import { MARK_KEY } from "../../model/openstack/names.ts";
import { StepError } from "../remote/error.ts";
import type { Session } from "./session.ts";

/** Milliseconds between two looks at the servers. */
const lookInterval = 1000;

/** Seconds that nova may take for its servers: what the plugin waits too (`create` of terraform-provider-openstack). */
const bootSeconds = 30 * 60;

/** Seconds without any change of any server after which those that are not there will not come: the plugin failed to ask. */
const absenceSeconds = 40;

/**
 * The same once a server has failed, when Pulumi begins nothing any more. And how long a server that was ACTIVE already at the
 * first look has to stay so: the plugin may be about to delete it.
 */
const settlingSeconds = 5;

/** Seconds for a failed server to be deleted. */
const deletionSeconds = 60;

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
  readonly before: string | undefined;
}

/** What is known of a server that is waited for. */
type Progress =
  | { readonly kind: "absent" | "building" }
  | { readonly kind: "active"; readonly id: string }
  | { readonly kind: "failed"; readonly server: ListedServer };

/** The servers of a stack. @param mark `<stack>-<id>` */
export async function serversOf(session: Session, mark: string): Promise<readonly ListedServer[]> {
  const body = (await session.get("compute", "/servers/detail")) as { servers: ListedServer[] } | undefined;
  return (body?.servers ?? []).filter(({ metadata }) => metadata?.[MARK_KEY] === mark);
}

/**
 * Waits until all servers are ACTIVE, and gives their ids by node. One that failed before it ever ran is deleted: nothing is
 * lost with it, and neither its quota nor a refresh that takes it for whole are in the way of the next.
 *
 * @throws Error with the fault of each server that failed, or with those that nobody asked the cloud for
 */
export async function becomeActive(
  session: Session,
  mark: string,
  wanted: readonly WantedServer[],
): Promise<Record<string, string>> {
  const started = Date.now();
  const early = new Set((await serversOf(session, mark)).map(({ id }) => id));
  let last = "";
  let changed = started;
  for (;;) {
    const listed = await serversOf(session, mark);
    const unsure = Date.now() - started < settlingSeconds * 1000 ? early : new Set<string>();
    const all = wanted.map((server) => ({ ...server, progress: progressOf(server, listed, unsure) }));
    const now = JSON.stringify(listed.map(({ id, status }) => [id, status]));
    if (now !== last) changed = Date.now();
    last = now;
    const quiet = (Date.now() - changed) / 1000;
    const failed = all.flatMap(({ node, progress }) => (progress.kind === "failed" ? [{ node, ...progress }] : []));
    const absent = all.filter(({ progress }) => progress.kind === "absent").map(({ node }) => node);
    const building = all.filter(({ progress }) => progress.kind === "building").map(({ node }) => node);
    if (failed.length === 0 && absent.length + building.length === 0) return idsOf(all);
    if (building.length === 0 && failed.length > 0 && (absent.length === 0 || quiet > settlingSeconds)) {
      throw await failure(session, mark, failed);
    }
    if (building.length === 0 && quiet > absenceSeconds) {
      const reason = `the cloud has no server of it ${absenceSeconds} s after it was to be made; the error of the server itself says why`;
      throw new StepError(absent.join(", "), "boot", reason);
    }
    if (Date.now() - started > bootSeconds * 1000) {
      throw new StepError(
        [...building, ...absent].join(", "),
        "boot",
        `no ACTIVE server within ${bootSeconds / 60} min`,
      );
    }
    await pause(lookInterval);
  }
}

function idsOf(all: readonly { readonly node: string; readonly progress: Progress }[]): Record<string, string> {
  return Object.fromEntries(
    all.flatMap(({ node, progress }) => (progress.kind === "active" ? [[node, progress.id]] : [])),
  );
}

/** One that goes, or that failed after it had run, is about to be replaced: it is not the one that is waited for. */
function progressOf(
  { name, before }: WantedServer,
  listed: readonly ListedServer[],
  unsure: ReadonlySet<string>,
): Progress {
  const own = listed.filter((server) => server.name === name && server.id !== before && !isGoing(server));
  const active = own.find(({ status, id }) => status === "ACTIVE" && !unsure.has(id));
  if (active !== undefined) return { kind: "active", id: active.id };
  if (own.some(({ status }) => status !== "ERROR")) return { kind: "building" };
  const failed = own.find((server) => !server["OS-SRV-USG:launched_at"]);
  return failed === undefined ? { kind: "absent" } : { kind: "failed", server: failed };
}

function isGoing(server: ListedServer): boolean {
  return server["OS-EXT-STS:task_state"] === "deleting" || server.status === "DELETED";
}

/** The faults, each told by its node, after what failed is deleted. */
async function failure(
  session: Session,
  mark: string,
  failed: readonly { readonly node: string; readonly server: ListedServer }[],
): Promise<Error> {
  for (const { server } of failed) await session.delete("compute", `/servers/${encodeURIComponent(server.id)}`);
  const left = await notDeleted(session, mark, failed);
  const lines = failed.map(({ node, server }) => {
    const fault = server.fault?.message ?? "the cloud tells no fault";
    return new StepError(node, "boot", `its server ${server.id} ended in ERROR: ${fault}`).message;
  });
  const advice =
    left.length === 0
      ? "the same command again: what failed is deleted and made anew"
      : `the same command again, once the cloud has deleted ${left.join(", ")}`;
  return new BootFailure(`${lines.join("\n")}
    expected  a server that becomes ACTIVE
    write     ${advice}`);
}

/** Ids of those that are still there when they should be gone. */
async function notDeleted(session: Session, mark: string, failed: readonly { readonly server: ListedServer }[]) {
  const deadline = Date.now() + deletionSeconds * 1000;
  for (;;) {
    const there = new Set((await serversOf(session, mark)).map(({ id }) => id));
    const left = failed.map(({ server }) => server.id).filter((id) => there.has(id));
    if (left.length === 0 || Date.now() > deadline) return left;
    await pause(lookInterval);
  }
}

/** Servers that failed while nova made them. Like the errors it tells of, it carries no stack. */
class BootFailure extends Error {
  constructor(message: string) {
    super(message);
    this.name = "BootFailure";
    this.stack = "";
  }

  override toString(): string {
    return this.message;
  }
}
