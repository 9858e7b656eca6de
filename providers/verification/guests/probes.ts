/** Makes the checks of one node's guests, all in one script. */
import type { GuestCheck, Probe } from "../../../model/guests/checks.ts";
import { namespaceName, type ProbeNamespace, probeFolder } from "../../../model/guests/names.ts";
import { lines, type ShellText, sh } from "../../remote/quote.ts";
import { againSeconds, type Turn } from "../asking.ts";
import { defineElapsed } from "../elapsed.ts";
import { defineFragments } from "../fragments.ts";
import { defineTell } from "../said.ts";
import { forgetNeighbours } from "./clean.ts";
import { GUEST_VARIABLE, sshTo } from "./ssh.ts";

/** Seconds a guest is given to answer; the first packets wait for address resolution. */
export const answerSeconds = { first: 2, again: againSeconds } as const satisfies Record<Turn, number>;

/** Seconds that an SSH login with its megabyte may take. */
export const loginSeconds = { first: 8, again: againSeconds } as const satisfies Record<Turn, number>;

/** Seconds in which whoever has an address that nobody may have would answer for it. */
const absenceSeconds = 0.4;

/** Bytes that are sent through SSH: a megabyte, as the acceptance rules have it. */
export const transferBytes = 1_000_000;

/**
 * How often a broadcast is tried, and how many seconds each waits for all that answer: a lost address resolution alone is repeated
 * after a second only.
 */
const broadcasts = {
  first: { tries: 15, seconds: 0.2 },
  again: { tries: againSeconds, seconds: 1 },
} as const satisfies Record<Turn, object>;

/** Seconds after which a try ends that not even the broadcaster itself hears. */
const broadcastSeconds = 2;

/** Checks at once in a namespace. A quarter of the primary's are logins. */
const parallelChecks = { first: 24, again: Number.POSITIVE_INFINITY } as const satisfies Record<Turn, number>;

/** A check with its place in the list, which its answer is known by. */
interface Numbered {
  readonly id: number;
  readonly check: GuestCheck;
}

/** Prints the answer to each check as `<index> <exit status> <milliseconds> <what was said>`. */
export function probeScript(environment: string, checks: readonly GuestCheck[], turn: Turn): ShellText {
  const numbered = checks.map((check, id): Numbered => ({ id, check }));
  const namespaces = [...new Set(checks.map(({ namespace }) => namespace))];
  const groups = namespaces.map((namespace) =>
    inNamespace(
      environment,
      namespace,
      numbered.filter(({ check }) => check.namespace === namespace),
      turn,
    ),
  );
  const asked = checks.flatMap(({ namespace, probe }) => (namespace === undefined ? [probe.address] : []));
  const needsFile = checks.some(({ probe }) => probe.method === "login");
  return lines(
    defineFragments,
    ...(needsFile ? [sh`head -c ${transferBytes} /dev/urandom >${probeFolder(environment)}/sent || exit 1`] : []),
    // An address may have been another guest's a moment ago, and nothing of this one's shall be remembered.
    forgetNeighbours(asked),
    sh`before=$(fragments)`,
    ...groups.map((group) => sh`{ ${group}\n} &`),
    sh`wait`,
    forgetNeighbours(asked),
    ...(needsFile ? [sh`echo "sent $(sha256sum <${probeFolder(environment)}/sent | cut -c1-64)"`] : []),
    sh`echo "fragments $(( $(fragments) - before ))"`,
  );
}

function inNamespace(
  environment: string,
  namespace: ProbeNamespace | undefined,
  group: readonly Numbered[],
  turn: Turn,
): ShellText {
  const most = parallelChecks[turn];
  const script = lines(
    functions(turn),
    absences(group),
    ...group.flatMap(({ id, check: { probe } }, index) => [
      sh`${command(environment, id, probe, turn)}`,
      ...(index % most === most - 1 ? [sh`wait`] : []),
    ]),
    sh`wait`,
  );
  return namespace === undefined
    ? script
    : sh`ip netns exec ${namespaceName(environment, namespace)} sh -c ${script.text}`;
}

function functions(turn: Turn): ShellText {
  const { tries, seconds } = broadcasts[turn];
  const turns = Array.from({ length: tries }, (_, index) => index);
  return lines(
    defineElapsed,
    defineTell,
    sh`answer() { id=$1; shift; start; said=$(ping -n -c 1 -w ${answerSeconds[turn]} -i 0.2 "$@" 2>&1); status=$?; elapsed; tell $id $status $milliseconds; }`,
    // A broadcaster hears itself, which ends a ping early: it is repeated until all wanted are heard, or time is up.
    sh`everyone() { id=$1; to=$2; shift 2; start; said=; for turn in ${turns}; do`,
    sh`  said="$said $(ping -b -n -c 2 -i ${seconds} -w ${broadcastSeconds} "$to" 2>&1 | grep -Eo 'from [0-9.]+' | cut -d' ' -f2 | sort -u | tr '\n' ' ') "`,
    sh`  missing=; for wanted in "$@"; do case "$said" in *" $wanted "*) ;; *) missing=$wanted ;; esac; done; [ -n "$missing" ] || break`,
    sh`done; elapsed; echo "$id 0 $milliseconds $said"; }`,
    sh`timed() { id=$1; shift; start; said=$("$@" 2>&1); status=$?; elapsed; tell $id $status $milliseconds; }`,
  );
}

/** What is in the background of a namespace's script for one check. */
function command(environment: string, id: number, probe: Probe, turn: Turn): ShellText {
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
      return sh`timed ${id} timeout ${answerSeconds[turn] + 1} bash -c 'exec 3<>"/dev/tcp/$0/22" && IFS= read -r line <&3 && echo "$line"' ${probe.address} &`;
    case "login": {
      const remote = `echo "guest=$${GUEST_VARIABLE}"; echo "received=$(sha256sum)"`;
      return sh`timed ${id} timeout ${loginSeconds[turn]} ${sshTo(environment, probe.address, turn)} ${remote} <${probeFolder(environment)}/sent &`;
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
  const interfaces = [...new Set(asked.map(({ probe }) => probe.interface))];
  return lines(
    sh`start; printf '%s\n' ${batch} | ip -force -batch - 2>/dev/null`,
    sh`sleep ${absenceSeconds}; elapsed`,
    sh`holder() { case $table in *"\n$2 lladdr "*) rest=\${table#*"\n$2 lladdr "}; echo "$1 0 $milliseconds lladdr \${rest%% *}" ;; *) echo "$1 0 $milliseconds" ;; esac; }`,
    ...interfaces.flatMap((name) => [
      sh`table="\n$(ip neigh show dev ${name})"`,
      ...asked.flatMap(({ id, probe }) => (probe.interface === name ? [sh`holder ${id} ${probe.address}`] : [])),
    ]),
  );
}
