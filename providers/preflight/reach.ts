/** Gets through to a host over SSH, waiting for one that was made just now. */
import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { PreflightHost } from "../preflight.ts";
import { AccessFailure } from "../remote/access-failure.ts";
import { keysOf } from "../remote/host-key.ts";
import type { NodeHandle } from "../remote/node-handle.ts";
import { ensureConnected, introduce } from "../remote/pool.ts";
import { loginOf } from "./access-problem.ts";

/** Milliseconds between two tries; steady, as the time a server takes to boot says nothing about how long it will take. */
const tryInterval = 2000;

/** Milliseconds between two lines about a host that is waited for. */
const lineInterval = 30_000;

/**
 * The handle of a host, with the connection to it open.
 *
 * @param known what is on record of it; its host key is the one expected, unless the configuration gives one
 * @param seconds how long the host may take to answer and to let its user in
 * @throws AccessFailure when it cannot be reached or logged in to, or shows another key
 */
export async function reach(host: PreflightHost, known: NodeHandle | undefined, seconds: number): Promise<NodeHandle> {
  const started = Date.now();
  let told = started;
  for (;;) {
    try {
      return await connectTo(host, known);
    } catch (error) {
      const waits = error instanceof AccessFailure && (error.stage === "reach" || error.stage === "login");
      const elapsed = Date.now() - started;
      if (!waits || elapsed + tryInterval > seconds * 1000) throw error;
      if (Date.now() - told >= lineInterval) {
        told = Date.now();
        const left = Math.round(seconds - elapsed / 1000);
        console.log(`${host.name}: waiting for SSH at ${loginOf(host)}, ${left} s left: ${error.message}`);
      }
    }
    await pause(tryInterval);
  }
}

async function connectTo(host: PreflightHost, known: NodeHandle | undefined): Promise<NodeHandle> {
  const { number: _, incarnation, jump, hostKey, ...login } = host;
  const expected = hostKey ?? known?.hostKey ?? "";
  const expectedOfJump = jump?.hostKey ?? knownJumpKey(host, known) ?? "";
  const handleOf = (seen: string, seenOfJump: string): NodeHandle => ({
    ...login,
    hostKey: seen,
    incarnation: incarnation ?? incarnationOf(seen),
    ...(jump === undefined ? {} : { jump: { ...jump, hostKey: seenOfJump } }),
  });
  if (isOneKey(expected) && (jump === undefined || isOneKey(expectedOfJump))) {
    const handle = handleOf(expected, expectedOfJump);
    await ensureConnected(handle);
    return handle;
  }
  const way = jump === undefined ? {} : { jump: { ...jump, hostKey: expectedOfJump } };
  return await introduce({ ...login, hostKey: expected, ...way }, handleOf);
}

/** With one key there is nothing to learn, and the connection may be there already. */
function isOneKey(hostKey: string): boolean {
  return keysOf(hostKey).length === 1;
}

/** A jump host's key that was learned before: of the same jump host only. */
function knownJumpKey({ jump }: PreflightHost, known: NodeHandle | undefined): string | undefined {
  const same = known?.jump !== undefined && known.jump.host === jump?.host && known.jump.port === jump?.port;
  return same ? known.jump?.hostKey : undefined;
}

/** A host that nothing else is known of is the same as long as it shows the same key: twelve hexadecimal digits. */
function incarnationOf(hostKey: string): string {
  return createHash("sha256").update(hostKey).digest("hex").slice(0, 12);
}
