/** A way to a host that failed, as a problem of the report. */
import type { KeyPlaces } from "../../model/backends/inventory/key-places.ts";
import type { Problem } from "../../model/preflight/problem.ts";
import type { PreflightHost } from "../preflight.ts";
import { AccessFailure, type AccessStage } from "../remote/access-failure.ts";

/** What each stage is called, what is expected of it, and what to do about it. */
const stages: Readonly<Record<AccessStage, { subject: string; expected: string; remedy: string }>> = {
  reach: {
    subject: "connection",
    expected: "an SSH server that answers",
    remedy: "start the host and its SSH server, or correct host, port or jump host in the configuration",
  },
  jump: {
    subject: "jump host",
    expected: "a jump host that lets this user in and forwards connections",
    remedy: "see to the jump host, or correct it in the configuration",
  },
  "host key": {
    subject: "host key",
    expected: "the host key on record",
    remedy: "correct the host's key in the configuration or in the file that it comes from",
  },
  login: {
    subject: "login",
    expected: "a login with the configured key",
    remedy: "put the key's public half into the user's ~/.ssh/authorized_keys on the host, or correct user or key",
  },
  sudo: {
    subject: "sudo",
    expected: "a user who becomes root without a password",
    remedy: "as root on the host: echo '<user> ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/<user>, with sudo installed",
  },
};

/**
 * The problem of a host that a step on the way to it failed for.
 *
 * @param places where keys of the stack's hosts are written; absent where its configuration lists none
 */
export function accessProblem(
  host: PreflightHost,
  { stage, message, mismatch }: AccessFailure,
  places: KeyPlaces | undefined,
): Problem {
  const { subject, expected, remedy } = stages[stage];
  if (mismatch === undefined) {
    return { subject, expected, given: message, remedy: remedy.replaceAll("<user>", host.user) };
  }
  return {
    subject,
    expected: mismatch.expected.join(" or "),
    given: mismatch.given,
    remedy: accepting(host, stage, mismatch.key, places),
  };
}

/** How to accept a key that is not on record. Servers of a cloud have no place for it: they are made with the one on record. */
function accepting(host: PreflightHost, stage: AccessStage, key: string, places: KeyPlaces | undefined): string {
  if (places === undefined)
    return `only if you know why it shows ${key}: make its node anew, pulumi up --target-replace`;
  if (stage === "jump") return `only if the jump host was made anew on purpose: ${places.ofJump(key)}`;
  return `only if the host was made anew on purpose: ${places.ofHost(host, key)}`;
}

/** The access failure that made a step fail, where one did. */
export function accessFailureOf(error: unknown): AccessFailure | undefined {
  if (error instanceof AccessFailure) return error;
  return error instanceof Error && error.cause instanceof AccessFailure ? error.cause : undefined;
}

/** How a host is logged in to, in words. */
export function loginOf({ user, host, port, jump }: PreflightHost): string {
  return `${user}@${host} port ${port}${jump === undefined ? "" : ` through ${jump.user}@${jump.host}`}`;
}
