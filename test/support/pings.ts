/** A stream of pings through an overlay, to show that something else did not disturb it. */
import { expect } from "vitest";
import type { TestStack } from "./stack.ts";

/** Fewer packets than this prove nothing: the stream cannot have run beside anything. */
const LEAST_PACKETS = 20;

/** Pings that are under way. */
export interface Pings {
  /** Ends the stream and gives how many answers are missing. */
  lost(): Promise<number>;
}

/** Pings from a node, 20 times a second, once the first answer is there. */
export async function startPings(stack: TestStack, from: string, to: string): Promise<Pings> {
  const stream = `(ping -i 0.05 ${to} >/tmp/pings 2>&1 & echo $! >/tmp/pings.pid)`;
  await stack.on(from, `ping -c 1 -w 3 ${to} >/dev/null && ${stream}`);
  const end = "pid=$(cat /tmp/pings.pid); kill -INT $pid; tail --pid=$pid -f /dev/null; cat /tmp/pings";
  return {
    async lost() {
      const report = await stack.on(from, end);
      const [summary, sent, received] = /(\d+) packets transmitted, (\d+) received/.exec(report) ?? [];
      expect(Number(sent), summary).toBeGreaterThan(LEAST_PACKETS);
      const last = Math.max(...[...report.matchAll(/icmp_seq=(\d+)/g)].map(([, sequence]) => Number(sequence)));
      // The answer to the very last one may be on its way.
      return Number(sent) - Number(received) - (last === Number(sent) ? 0 : 1);
    },
  };
}
