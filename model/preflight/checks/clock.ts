/** The clock, compared with this machine's: hosts that agree with it agree with each other. */
import type { Check } from "./check.ts";

/** Seconds: half of nova's `service_down_time`, 60 by default, after which a service with another clock counts as down. */
const LARGEST_DIFFERENCE = 30;

/** Ahead is as wrong as behind. */
export const clock: Check = ({ facts: { clockAhead } }) =>
  Math.abs(clockAhead) <= LARGEST_DIFFERENCE
    ? []
    : [
        {
          subject: "clock",
          expected: `at most ${LARGEST_DIFFERENCE} s from this machine's`,
          given: `${Math.round(Math.abs(clockAhead))} s ${clockAhead > 0 ? "ahead" : "behind"}`,
          remedy: "set the clock on the host (timedatectl set-ntp true), or this machine's",
        },
      ];
