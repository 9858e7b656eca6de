/** Makes a node's checks on the node, and reads what came of them. */
import type { Check, CheckResult } from "../../model/verification.ts";
import { messageOf } from "../remote/error.ts";
import type { NodeHandle } from "../remote/node-handle.ts";
import { lines, type ShellText, sh } from "../remote/quote.ts";
import { run } from "../remote/run.ts";
import { defineElapsed } from "./elapsed.ts";
import { defineFragments } from "./fragments.ts";

/**
 * Seconds a ping is tried for: the first packets of a new overlay wait for address resolution, and on a busy node Open
 * vSwitch takes seconds to forget the flows of the bridge that was there before.
 */
const pingSeconds = 5;

/** Pings at once on a node. */
const parallelPings = 24;

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
): Promise<CheckResult[]> {
  const began = performance.now();
  try {
    const output = await run(node, "verify", script(checks, mtus), { seconds: nodeSeconds });
    return resultsOf(node.name, output, checks, mtus);
  } catch (error) {
    const milliseconds = Math.round(performance.now() - began);
    return [{ kind: "underlay", from: node.name, to: node.name, held: false, detail: messageOf(error), milliseconds }];
  }
}

/** Prints the answer to each check as `<index> <exit status> <milliseconds> <what ping said>`. */
function script(checks: readonly Check[], mtus: readonly WantedMtu[]): ShellText {
  const pings = checks.map((check, index) => {
    const whole = check.dontFragment ? ["-M", "do"] : [];
    return sh`check ${index} -s ${check.size} ${whole} ${check.address} &${pauseAfter(index)}`;
  });
  return lines(
    defineElapsed,
    sh`check() { index=$1; shift; start; said=$(ping -n -c 1 -w ${pingSeconds} -i 0.2 "$@" 2>&1); status=$?; elapsed; echo "ping $index $status $milliseconds $(printf '%s' "$said" | grep -Eo 'time=[0-9.]+ ms|mtu=[0-9]+|[Uu]nreachable|too long' | head -n 1)"; }`,
    defineFragments,
    sh`start; before=$(fragments)`,
    ...pings,
    sh`wait`,
    sh`echo "fragments $(( $(fragments) - before )) $(elapsed; echo $milliseconds)"`,
    ...mtus.map(
      ({ bridge }, index) =>
        sh`start; found=$(cat /sys/class/net/${bridge}/mtu 2>/dev/null || echo none); elapsed; echo "mtu ${index} $found $milliseconds"`,
    ),
  );
}

function pauseAfter(index: number): ShellText {
  return index % parallelPings === parallelPings - 1 ? sh` wait` : sh``;
}

function resultsOf(name: string, output: string, checks: readonly Check[], mtus: readonly WantedMtu[]): CheckResult[] {
  const answers = new Map(
    output.split("\n").map((line) => [line.split(" ").slice(0, 2).join(" "), line.split(" ").slice(2)]),
  );
  const pings = checks.map((check, index): CheckResult => {
    const [status, took, ...said] = answers.get(`ping ${index}`) ?? [];
    const over = check.bridge === undefined ? "underlay" : check.bridge;
    const what = `${check.size} bytes to ${check.address} over ${over}${check.dontFragment ? ", not to be fragmented" : ""}`;
    const outcome = said.join(" ") || `no answer within ${pingSeconds} s`;
    return {
      kind: check.kind,
      from: check.from,
      to: check.to,
      held: status === "0",
      detail: `${what}: ${outcome}`,
      ...overOf(check),
      milliseconds: roundTrip(outcome) ?? Number(took ?? 0),
    };
  });
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
  return [...pings, ...sizes, whole];
}

function overOf({ bridge }: Check): { over?: string } {
  return bridge === undefined ? {} : { over: bridge };
}

/** The milliseconds in what ping said, as `time=0.12 ms`; undefined where there are none. */
export function roundTrip(said: string): number | undefined {
  const [, time] = /time=([0-9.]+) ms/.exec(said) ?? [];
  return time === undefined ? undefined : Number(time);
}
