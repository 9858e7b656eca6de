/** Servers while nova makes them: until each is ACTIVE, or why it is not. */
import { setTimeout as pause } from "node:timers/promises";
import { judgeBoot, type ListedServer, type WantedServer } from "../../model/openstack/booting.ts";
import { MARK_KEY } from "../../model/openstack/names.ts";
import { StepError } from "../remote/error.ts";
import { whatStays } from "./going.ts";
import type { Session } from "./session.ts";

/** Milliseconds between two looks at the servers. */
const lookInterval = 1000;

/** Seconds for a failed server to be deleted. */
const deletionSeconds = 60;

/** A server that failed, and its node. */
interface FailedServer {
  readonly node: string;
  readonly server: ListedServer;
}

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
): Promise<Readonly<Record<string, string>>> {
  const started = Date.now();
  const early = new Set((await serversOf(session, mark)).map(({ id }) => id));
  let last = "";
  let changed = started;
  for (;;) {
    const listed = await serversOf(session, mark);
    const now = JSON.stringify(listed.map(({ id, status }) => [id, status]));
    if (now !== last) changed = Date.now();
    last = now;
    const look = { seconds: (Date.now() - started) / 1000, quiet: (Date.now() - changed) / 1000, early };
    const verdict = judgeBoot(wanted, listed, look);
    switch (verdict.kind) {
      case "active":
        return verdict.ids;
      case "failed":
        throw await failure(session, mark, verdict.failed);
      case "missing":
        throw new StepError(verdict.nodes.join(", "), "boot", verdict.reason);
      case "wait":
        await pause(lookInterval);
        break;
      default:
        verdict satisfies never;
    }
  }
}

/** The faults, each told by its node, after what failed is deleted. */
async function failure(session: Session, mark: string, failed: readonly FailedServer[]): Promise<Error> {
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
async function notDeleted(session: Session, mark: string, failed: readonly FailedServer[]): Promise<readonly string[]> {
  return await whatStays(deletionSeconds, async () => {
    const there = new Set((await serversOf(session, mark)).map(({ id }) => id));
    return failed.map(({ server }) => server.id).filter((id) => there.has(id));
  });
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
