/** Makes the checks of one node's guests, all in one script, and reads what came of them. */
import type { GuestCheck, Probe } from "../../../model/guests/checks.ts";
import { namespaceName, type ProbeNamespace, probeFolder } from "../../../model/guests/names.ts";
import type { ProbeGuest } from "../../../model/guests/plan.ts";
import type { CheckResult } from "../../../model/verification.ts";
import { lines, type ShellText, sh } from "../../remote/quote.ts";
import { defineElapsed } from "../elapsed.ts";
import { defineFragments } from "../fragments.ts";
import { roundTrip } from "../pings.ts";
import { GUEST_VARIABLE, sshTo } from "./ssh.ts";

/** Seconds a guest is given to answer; the first packets wait for address resolution. */
const answerSeconds = 2;

/** Seconds that an SSH login with its megabyte may take. */
const loginSeconds = 8;

/** Seconds in which whoever has an address that nobody may have would answer for it. */
const absenceSeconds = 0.4;

/** Bytes that are sent through SSH: a megabyte, as the acceptance rules have it. */
const transferBytes = 1_000_000;

/** How often a broadcast is tried, a fifth of a second each: a lost address resolution alone is repeated after a second only. */
const turns = Array.from({ length: 15 }, (_, turn) => turn);

/** Checks at once in a namespace, and SSH logins at once. */
const parallelChecks = 24;
const parallelLogins = 6;

/** A check with its place in the list, which its answer is known by. */
interface Numbered {
  readonly id: number;
  readonly check: GuestCheck;
}

/** Prints the answer to each check as `<index> <exit status> <milliseconds> <what was said>`. */
export function probeScript(environment: string, checks: readonly GuestCheck[]): ShellText {
  const numbered = checks.map((check, id): Numbered => ({ id, check }));
  const namespaces = [...new Set(checks.map(({ namespace }) => namespace))];
  const groups = namespaces.map((namespace) =>
    inNamespace(
      environment,
      namespace,
      numbered.filter(({ check }) => check.namespace === namespace),
    ),
  );
  const needsFile = checks.some(({ probe }) => probe.method === "login");
  return lines(
    defineFragments,
    ...(needsFile ? [sh`head -c ${transferBytes} /dev/urandom >${probeFolder(environment)}/sent || exit 1`] : []),
    // An address may have been another guest's a moment ago, and nothing of this one's shall be remembered.
    forgetNeighbours(checks),
    sh`before=$(fragments)`,
    ...groups.map((group) => sh`{ ${group}\n} &`),
    sh`wait`,
    forgetNeighbours(checks),
    ...(needsFile ? [sh`echo "sent $(sha256sum <${probeFolder(environment)}/sent | cut -c1-64)"`] : []),
    sh`echo "fragments $(( $(fragments) - before ))"`,
  );
}

/** The node's own table only: the namespaces' go with them. */
function forgetNeighbours(checks: readonly GuestCheck[]): ShellText {
  const addresses = checks.flatMap(({ namespace, probe }) => (namespace === undefined ? [probe.address] : []));
  const batch = [...new Set(addresses)].map((address) => `neigh flush to ${address}`);
  return batch.length === 0 ? sh`` : sh`printf '%s\n' ${batch} | ip -force -batch - 2>/dev/null`;
}

function inNamespace(
  environment: string,
  namespace: ProbeNamespace | undefined,
  group: readonly Numbered[],
): ShellText {
  const script = lines(
    functions,
    absences(group),
    ...group.flatMap(({ id, check }, index) => [
      sh`${command(environment, id, check.probe)}`,
      ...(index % (check.probe.method === "login" ? parallelLogins : parallelChecks) === 0 ? [sh`wait`] : []),
    ]),
    sh`wait`,
  );
  return namespace === undefined
    ? script
    : sh`ip netns exec ${namespaceName(environment, namespace)} sh -c ${script.text}`;
}

const functions = lines(
  defineElapsed,
  sh`spoke() { printf '%s' "$said" | grep -Eo 'time=[0-9.]+ ms|mtu=[0-9]+|[Uu]nreachable|too long' | head -n 1; }`,
  sh`answer() { id=$1; shift; start; said=$(ping -n -c 1 -w ${answerSeconds} -i 0.2 "$@" 2>&1); status=$?; elapsed; echo "$id $status $milliseconds $(spoke)"; }`,
  // A broadcaster hears itself, which ends a ping early: it is repeated until all wanted are heard, or time is up.
  sh`everyone() { id=$1; to=$2; shift 2; start; said=; for turn in ${turns}; do`,
  sh`  said="$said $(ping -b -n -c 2 -i 0.2 -w ${answerSeconds} "$to" 2>&1 | grep -Eo 'from [0-9.]+' | cut -d' ' -f2 | sort -u | tr '\n' ' ') "`,
  sh`  missing=; for wanted in "$@"; do case "$said" in *" $wanted "*) ;; *) missing=$wanted ;; esac; done; [ -n "$missing" ] || break`,
  sh`done; elapsed; echo "$id 0 $milliseconds $said"; }`,
  sh`timed() { id=$1; shift; start; said=$("$@" 2>&1); status=$?; elapsed; echo "$id $status $milliseconds $(printf '%s' "$said" | tr '\n' ' ' | cut -c1-300)"; }`,
);

/** What is in the background of a namespace's script for one check. */
function command(environment: string, id: number, probe: Probe): ShellText {
  switch (probe.method) {
    case "ping": {
      const whole = probe.dontFragment ? ["-M", "do"] : [];
      return sh`answer ${id} -s ${probe.size} ${whole} ${probe.address} &`;
    }
    case "too-long":
      return sh`answer ${id} -w 1 -M do -s ${probe.size} ${probe.address} &`;
    case "broadcast":
      return sh`everyone ${id} ${probe.address} ${probe.guests.map(({ fixed }) => fixed)} &`;
    case "greeting":
      return sh`timed ${id} timeout ${answerSeconds + 1} bash -c 'exec 3<>"/dev/tcp/$0/22" && IFS= read -r line <&3 && echo "$line"' ${probe.address} &`;
    case "login": {
      const remote = `echo "guest=$${GUEST_VARIABLE}"; echo "received=$(sha256sum)"`;
      return sh`timed ${id} timeout ${loginSeconds} ${sshTo(environment, probe.address)} ${remote} <${probeFolder(environment)}/sent &`;
    }
    case "absence":
      return sh``;
    default:
      return probe satisfies never;
  }
}

/** Asks for all addresses that must be absent at once, and waits for answers once. */
function absences(group: readonly Numbered[]): ShellText {
  const asked = group.flatMap(({ id, check: { probe } }) => (probe.method === "absence" ? [{ id, probe }] : []));
  if (asked.length === 0) return sh``;
  const batch = asked.flatMap(({ probe }) => [
    `neigh replace ${probe.address} dev ${probe.interface} nud none`,
    `neigh change ${probe.address} dev ${probe.interface} use`,
  ]);
  return lines(
    sh`start; printf '%s\n' ${batch} | ip -force -batch - 2>/dev/null`,
    sh`sleep ${absenceSeconds}; elapsed`,
    ...asked.map(
      ({ id, probe }) =>
        sh`echo "${id} 0 $milliseconds $(ip neigh show ${probe.address} dev ${probe.interface} | grep -o 'lladdr [0-9a-f:]*')"`,
    ),
  );
}

/** The results of the checks, in their order, from what the script printed. */
export function probeResults(output: string, checks: readonly GuestCheck[]): CheckResult[] {
  const answers = new Map(output.split("\n").map((line) => [line.split(" ")[0] ?? "", line.split(" ").slice(1)]));
  const sent = answers.get("sent")?.[0] ?? "";
  const fragments = answers.get("fragments")?.[0] ?? "unknown";
  return checks.flatMap((check, id) => {
    const [status, took, ...said] = answers.get(String(id)) ?? [];
    return judge(check, {
      passed: status === "0",
      took: Number(took ?? 0),
      said: said.join(" ").trim(),
      sent,
      fragments,
    });
  });
}

/** What is known of a check that was made. */
interface Answer {
  /** Whether the program that made it exited with 0. */
  readonly passed: boolean;
  /** Milliseconds; 0 where there was no answer at all. */
  readonly took: number;
  readonly said: string;
  /** Checksum of the file that logins send. */
  readonly sent: string;
  /** How many packets the node fragmented meanwhile. */
  readonly fragments: string;
}

function judge({ kind, from, to, over, probe }: GuestCheck, answer: Answer): CheckResult[] {
  const { passed, said } = answer;
  const base = { kind, from, to, milliseconds: answer.took, ...(over === undefined ? {} : { over }) };
  switch (probe.method) {
    case "ping": {
      const what = `${probe.size} bytes to ${probe.address}${probe.dontFragment ? ", not to be fragmented" : ""}`;
      const outcome = said || (passed ? "answered" : `no answer within ${answerSeconds} s`);
      return [{ ...base, held: passed, detail: `${what}: ${outcome}`, milliseconds: roundTrip(said) ?? answer.took }];
    }
    case "greeting": {
      const held = passed && said.startsWith("SSH-");
      return [{ ...base, held, detail: `TCP to ${probe.address} port 22: ${said || "no connection"}` }];
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
  const rightGuest = answer.passed && guest === base.to;
  const whole = received !== undefined && received === answer.sent;
  const reached = guest === undefined ? answer.said || `no login within ${loginSeconds} s` : `reached guest ${guest}`;
  const arrived = received === undefined ? "nothing arrived" : whole ? "arrived intact" : "arrived changed or cut";
  return [
    { ...base, held: rightGuest, detail: `SSH login at ${address}: ${reached}` },
    { ...base, kind: "transfer", held: whole, detail: `${transferBytes} bytes to ${address}: ${arrived}` },
  ];
}
