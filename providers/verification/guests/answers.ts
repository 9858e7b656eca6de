/** Reads what came of the checks of one node's guests. */
import type { GuestCheck } from "../../../model/guests/checks.ts";
import type { ProbeGuest } from "../../../model/guests/plan.ts";
import type { CheckResult } from "../../../model/verification.ts";
import type { Made, Turn } from "../asking.ts";
import { isUnanswered, roundTrip, tellingWords } from "../echo.ts";
import { answerSeconds, loginSeconds, transferBytes } from "./probes.ts";

/** The checks in their order with their results, from what the script of `probeScript` printed. */
export function probeResults(output: string, checks: readonly GuestCheck[], turn: Turn): readonly Made<GuestCheck>[] {
  const answers = new Map(output.split("\n").map((line) => [line.split(" ")[0] ?? "", line.split(" ").slice(1)]));
  const sent = answers.get("sent")?.[0] ?? "";
  const fragments = answers.get("fragments")?.[0] ?? "unknown";
  return checks.map((check, id) => {
    const [status, took, ...words] = answers.get(String(id)) ?? [];
    const said = words.join(" ").trim();
    return { check, results: judge(check, { status, took: Number(took ?? 0), said, sent, fragments, turn }) };
  });
}

/** What is known of a check that was made. */
interface Answer {
  /** Exit status of the program that made it; undefined where it was not made. */
  readonly status: string | undefined;
  /** Milliseconds; 0 where there was no answer at all. */
  readonly took: number;
  readonly said: string;
  /** Checksum of the file that logins send. */
  readonly sent: string;
  /** How many packets the node fragmented meanwhile. */
  readonly fragments: string;
  readonly turn: Turn;
}

/** Exit status of `timeout` when it ended a program (timeout(1)). */
const TIMED_OUT = "124";

/** Programs give up by themselves too; the last words are those of an address that nobody answers for. */
const givenUp = /timed out|No route to host/;

/** Marks a result that failed only for want of an answer. */
function silence(silent: boolean): { readonly silent?: true } {
  return silent ? { silent } : {};
}

function judge({ kind, from, to, over, probe }: GuestCheck, answer: Answer): CheckResult[] {
  const { status, said, turn } = answer;
  const passed = status === "0";
  const base = { kind, from, to, milliseconds: answer.took, ...(over === undefined ? {} : { over }) };
  switch (probe.method) {
    case "ping": {
      const what = `${probe.size} bytes to ${probe.address}${probe.dontFragment ? ", not to be fragmented" : ""}`;
      const outcome = tellingWords(said) || (passed ? "answered" : `no answer within ${answerSeconds[turn]} s`);
      const milliseconds = roundTrip(said) ?? answer.took;
      const silent = silence(isUnanswered(status, said));
      return [{ ...base, held: passed, ...silent, detail: `${what}: ${outcome}`, milliseconds }];
    }
    case "greeting": {
      const held = passed && said.startsWith("SSH-");
      const detail = `TCP to ${probe.address} port 22: ${said || "no connection"}`;
      return [{ ...base, held, ...silence(hasGivenUp(answer)), detail }];
    }
    case "login":
      return loginResults(base, probe.address, answer);
    case "broadcast": {
      const heard = new Set(said.split(" "));
      return probe.guests.map(({ name, fixed }: ProbeGuest) => {
        const held = heard.has(fixed);
        return {
          ...base,
          to: name,
          held,
          ...silence(!held),
          detail: `broadcast to ${probe.address}: ${held ? "" : "no "}answer from ${fixed}`,
        };
      });
    }
    case "too-long": {
      const delivery = passed ? "delivered" : "not delivered";
      const detail = `${probe.size} bytes, too long for the overlay, to ${probe.address}: ${delivery}, fragments sent meanwhile: ${answer.fragments}`;
      return [{ ...base, held: answer.fragments === "0", detail }];
    }
    case "absence": {
      const held = passed && said === "";
      const where = probe.interface === "public" ? "the public network" : "the guests' network";
      const outcome = said === "" ? (passed ? "nobody answers" : "not asked") : `answered by ${said}`;
      return [{ ...base, held, detail: `${probe.address} must not show on ${where}: ${outcome}` }];
    }
    default:
      return probe satisfies never;
  }
}

/** One login proves two things: who answers, and that what was sent arrives. */
function loginResults(base: Omit<CheckResult, "held" | "detail">, address: string, answer: Answer): CheckResult[] {
  const guest = /guest=(\S*)/.exec(answer.said)?.[1];
  const received = /received=([0-9a-f]{64})/.exec(answer.said)?.[1];
  const rightGuest = answer.status === "0" && guest === base.to;
  const whole = received !== undefined && received === answer.sent;
  const reached =
    guest === undefined ? answer.said || `no login within ${loginSeconds[answer.turn]} s` : `reached guest ${guest}`;
  const arrived = received === undefined ? "nothing arrived" : whole ? "arrived intact" : "arrived changed or cut";
  // A login that reached another guest has its answer.
  const silent = silence(hasGivenUp(answer) && (guest === undefined || guest === base.to));
  return [
    { ...base, held: rightGuest, ...silent, detail: `SSH login at ${address}: ${reached}` },
    { ...base, kind: "transfer", held: whole, ...silent, detail: `${transferBytes} bytes to ${address}: ${arrived}` },
  ];
}

function hasGivenUp({ status, said }: Answer): boolean {
  return status === TIMED_OUT || (status !== "0" && givenUp.test(said));
}
