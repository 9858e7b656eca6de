/** Sets sysctls by the files that hold them: the program `sysctl` is not on every system. */
import { type ShellText, sh } from "./quote.ts";

/**
 * A script that sets them in the network namespace it runs in; its status is 1 when one cannot be set, and the others are.
 *
 * @param settings as `sysctl` takes them, e.g. `net.ipv4.ip_forward=1`; no name of an interface in them has a dot
 */
export function setSysctls(settings: readonly string[]): ShellText {
  return sh`( status=0; for setting in ${settings}; do
echo "\${setting#*=}" >"/proc/sys/$(echo "\${setting%%=*}" | tr . /)" || status=1
done; exit $status )`;
}
