/** Reads what `ping` of iputils says. */

/** The words of it that tell the outcome: a round trip, why a packet was refused, or that it was sent in vain. */
const telling =
  /time=[0-9.]+ ms|too long, mtu=\d+|mtu ?= ?\d+|[A-Z][a-z]+ Unreachable|unreachable: [A-Z][a-z ]+|unreachable|No route to host/;

/**
 * What senders and routers say of a host that does not answer their address resolution (RFC 792; RFC 4443, section 3.1). Nobody
 * has said anything then.
 */
const unresolved: readonly string[] = ["Host Unreachable", "unreachable: Address unreachable"];

/** The words that tell what came of a ping; empty where there are none, as when nothing answered. */
export function tellingWords(said: string): string {
  return telling.exec(said)?.[0] ?? "";
}

/** The milliseconds in `time=0.12 ms`; undefined where there are none. */
export function roundTrip(said: string): number | undefined {
  const [, time] = /time=([0-9.]+) ms/.exec(said) ?? [];
  return time === undefined ? undefined : Number(time);
}

/**
 * Whether nothing answered a ping: its exit status is 1 then, and 2 where it could not be sent (ping(8)).
 *
 * @param status as text; undefined where the ping was not made
 */
export function isUnanswered(status: string | undefined, said: string): boolean {
  const words = tellingWords(said);
  return status === "1" && (words === "" || unresolved.includes(words));
}
