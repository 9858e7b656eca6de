/** Measures time in a script without starting a program, of which hundreds would slow a node down. */
import { type ShellText, sh } from "../remote/quote.ts";

/**
 * Defines functions `start` and `elapsed` for a script: the second one puts the milliseconds since the first into the
 * variable `milliseconds`, in steps of ten as /proc/uptime counts (proc_uptime(5)). Each subshell has its own clock.
 */
export const defineElapsed: ShellText = sh`clock() { read -r uptime idle </proc/uptime; ticks=\${uptime%.*}\${uptime#*.}; }
start() { clock; started=$ticks; }
elapsed() { clock; milliseconds=$(( (ticks - started) * 10 )); }`;
