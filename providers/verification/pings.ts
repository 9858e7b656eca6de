/** Makes a node's checks on the node, and reads what came of them. */
import type { Check, CheckResult } from "../../model/verification.ts";
import { messageOf } from "../remote/error.ts";
import type { NodeHandle } from "../remote/node-handle.ts";
import { lines, type ShellText, sh } from "../remote/quote.ts";
import { run } from "../remote/run.ts";
import { type Asked, againSeconds, asked, final, type Made, type Turn } from "./asking.ts";
import { isUnanswered, roundTrip, tellingWords } from "./echo.ts";
import { defineElapsed } from "./elapsed.ts";
import { defineFragments } from "./fragments.ts";
import { defineTell } from "./said.ts";

/**
 * Seconds a ping is tried for: the first packets of a new overlay wait for address resolution, and on a busy node Open
 * vSwitch takes seconds to forget the flows of the bridge that was there before.
 */
const pingSeconds = { first: 5, again: againSeconds } as const satisfies Record<Turn, number>;

/** Pings at once on a node. */
const parallelPings = { first: 24, again: Number.POSITIVE_INFINITY } as const satisfies Record<Turn, number>;

/** Seconds a node's checks may take in all. */
const nodeSeconds = 25;

/** The MTU a bridge has to have on every node. */
export interface WantedMtu {
  bridge: string;
  /** Bytes. */
  mtu: number;
}

/**
 * Makes all checks that start at one node, compares its bridges' MTUs, and counts the fragments it made meanwhile. A
 * node that cannot be reached is one failed check.
 */
export async function checkFrom(
  node: NodeHandle,
  checks: readonly Check[],
  mtus: readonly WantedMtu[],
): Promise<Asked> {
  const began = performance.now();
  const again = async (silent: readonly Check[]): Promise<readonly Made<Check>[]> => {
    const script = pings(silent, "again");
    return pingResults(await run(node, "verify again", script, { seconds: nodeSeconds }), silent, "again");
  };
  try {
    const output = await run(node, "verify", script(checks, mtus), { seconds: nodeSeconds });
    return asked(pingResults(output, checks, "first"), again, ownResults(node, output, mtus));
  } catch (error) {
    const milliseconds = Math.round(performance.now() - began);
    const detail = messageOf(error);
    return final([{ kind: "underlay", from: node.name, to: node.name, held: false, detail, milliseconds }]);
  }
}

function script(checks: readonly Check[], mtus: readonly WantedMtu[]): ShellText {
  return lines(
    defineFragments,
    defineElapsed,
    sh`start; before=$(fragments)`,
    pings(checks, "first"),
    sh`echo "fragments $(( $(fragments) - before )) $(elapsed; echo $milliseconds)"`,
    ...mtus.map(
      ({ bridge }, index) =>
        sh`start; found=$(cat /sys/class/net/${bridge}/mtu 2>/dev/null || echo none); elapsed; echo "mtu ${index} $found $milliseconds"`,
    ),
  );
}

/** Prints the answer to each check as `ping <index> <exit status> <milliseconds> <what ping said>`. */
function pings(checks: readonly Check[], turn: Turn): ShellText {
  const most = parallelPings[turn];
  return lines(
    defineElapsed,
    defineTell,
    sh`check() { index=$1; shift; start; said=$(ping -n -c 1 -w ${pingSeconds[turn]} -i 0.2 "$@" 2>&1); status=$?; elapsed; tell ping $index $status $milliseconds; }`,
    ...checks.map((check, index) => {
      const whole = check.dontFragment ? ["-M", "do"] : [];
      const pause = index % most === most - 1 ? sh` wait` : sh``;
      return sh`check ${index} -s ${check.size} ${whole} ${check.address} &${pause}`;
    }),
    sh`wait`,
  );
}

/** What follows two words in each line of a script's output, by these words. */
function linesByOpening(output: string): ReadonlyMap<string, readonly string[]> {
  return new Map(output.split("\n").map((line) => [line.split(" ").slice(0, 2).join(" "), line.split(" ").slice(2)]));
}

function pingResults(output: string, checks: readonly Check[], turn: Turn): readonly Made<Check>[] {
  const answers = linesByOpening(output);
  return checks.map((check, index) => {
    const [status, took, ...words] = answers.get(`ping ${index}`) ?? [];
    const said = words.join(" ");
    const over = check.bridge === undefined ? "underlay" : check.bridge;
    const what = `${check.size} bytes to ${check.address} over ${over}${check.dontFragment ? ", not to be fragmented" : ""}`;
    const outcome = tellingWords(said) || `no answer within ${pingSeconds[turn]} s`;
    const result: CheckResult = {
      kind: check.kind,
      from: check.from,
      to: check.to,
      held: status === "0",
      ...(isUnanswered(status, said) ? { silent: true } : {}),
      detail: `${what}: ${outcome}`,
      ...(check.bridge === undefined ? {} : { over: check.bridge }),
      milliseconds: roundTrip(outcome) ?? Number(took ?? 0),
    };
    return { check, results: [result] };
  });
}

/** What a node tells of itself. */
function ownResults({ name }: NodeHandle, output: string, mtus: readonly WantedMtu[]): readonly CheckResult[] {
  const answers = linesByOpening(output);
  const sizes = mtus.map(({ bridge, mtu }, index): CheckResult => {
    const [found, took] = answers.get(`mtu ${index}`) ?? [];
    return {
      kind: "mtu",
      from: name,
      to: name,
      held: found === String(mtu),
      detail: `MTU of ${bridge}: ${found}, wanted ${mtu}`,
      milliseconds: Number(took ?? 0),
    };
  });
  const [, fragments, counting] = /^fragments (\d+) (\d+)$/m.exec(output) ?? [];
  const whole = {
    kind: "mtu",
    from: name,
    to: name,
    held: fragments === "0",
    detail: `fragments sent meanwhile: ${fragments}`,
    milliseconds: Number(counting ?? 0),
  };
  return [...sizes, whole];
}
